import type { SerErrorCode } from '@ser/dsp-wasm';
import type { LiveUpdate, Prediction, Segment } from '@ser/runtime';

/** The first message to a worker: the bytes of its model. */
export interface OpenMessage {
  model: Uint8Array;
}

/** How a clip is judged. */
export interface Judging {
  speechCheck: boolean;
  /** Absent: all of the model's. */
  labels?: string[] | undefined;
}

/** How a recording or a stream is followed. */
export interface Following {
  windowSec: number;
  hopSec: number;
  oneSpeaker: boolean;
  /** Absent: all of the model's. */
  labels?: string[] | undefined;
}

/** What a worker can be asked for, and what it answers. */
export interface Work {
  predict: {
    task: { maxDurationSec: number } & Judging;
    result: Prediction;
  };
  timeline: {
    task: { maxDurationSec: number } & Following;
    result: Segment[];
  };
  openStream: {
    task: { stream: number; sampleRateHz: number } & Following;
    result: { latencySec: number };
  };
  pushStream: {
    task: { stream: number; samples: Float32Array };
    result: LiveUpdate[];
  };
  closeStream: { task: { stream: number }; result: null };
}

export type WorkName = keyof Work;

/** Descriptor on which a worker reads the bytes of clips. */
export const audioDescriptor = 4;

/**
 * A task, or the wish that the task of that number be given up. Where there is audio, so many bytes
 * of it follow on {@link audioDescriptor}: a pipe is several times cheaper than a message.
 */
export type ToWorker =
  | {
      [Name in WorkName]: { id: number; name: Name; task: Work[Name]['task']; audioBytes: number };
    }[WorkName]
  | { id: number; name: 'cancel' };

/** The number under which a worker answers its first message. */
export const openId = -1;

/** A worker answers tasks by their number; its first message when it has predicted once. */
export type FromWorker =
  | { kind: 'done'; id: number; result: unknown }
  | { kind: 'failed'; id: number; code: SerErrorCode | null; message: string };
