import type { FeatureMatrix, SpectrogramOptions } from '@ser/dsp-wasm';
import type { AudioClip } from '../core/audio/audio-clip.ts';
import type { InMemoryAudio } from '../core/audio/in-memory-audio.ts';
import type { AdaptOptions, BatchOptions, ClipOptions } from '../core/classifier.ts';
import type { Device, LiveUpdate, Manifest } from '../core/index.ts';
import type { StreamOptions } from '../core/live/emotion-stream.ts';
import type { BatchOutcome, Prediction } from '../core/prediction.ts';
import type { Segment } from '../core/segments/segment.ts';
import type { SpeakerProfile } from '../core/speaker/speaker-profile.ts';
import type { TimelineOptions, TimelineWindow } from '../core/timeline.ts';
import type { DownloadProgress } from '../fetch-bytes.ts';
import type { ClassifierOptions } from '../web-classifier.ts';
import type { Calls } from './calls.ts';

/** Audio as it can be sent: addresses are absolute, AudioBuffers are mixed down. */
export type SentAudio = string | InMemoryAudio;

/** The options that can be sent; a signal goes its own way. */
type Sent<Options> = Omit<Options, 'signal'>;

interface Limits {
  maxDurationSec?: number | undefined;
}

/** What the worker does for the page. */
export type WorkerMethods = {
  open: [
    argument: {
      source: string | Uint8Array | ArrayBuffer | Blob;
      options: Omit<ClassifierOptions, 'onProgress' | 'signal'>;
      tellsProgress: boolean;
    },
    result: { manifest: Manifest; featureNames: readonly string[]; device: Device },
  ];
  predict: [argument: { audio: SentAudio; options: Sent<ClipOptions> }, result: Prediction];
  predictBatch: [
    argument: { audios: SentAudio[]; options: Sent<BatchOptions> },
    result: SentOutcome[],
  ];
  adapt: [argument: { audios: SentAudio[]; options: Sent<AdaptOptions> }, result: SpeakerProfile];
  predictFeatures: [argument: readonly FeatureMatrix[], result: Float32Array[]];
  embedFeatures: [argument: readonly FeatureMatrix[], result: Float32Array[]];
  predictEmbeddings: [
    argument: { embeddings: readonly Float32Array[]; speaker: SpeakerProfile | null },
    result: Float32Array[],
  ];
  decode: [argument: { audio: SentAudio } & Limits, result: AudioClip];
  features: [argument: { audio: SentAudio } & Limits, result: FeatureMatrix];
  embedding: [argument: { audio: SentAudio } & Limits, result: Float32Array];
  spectrogram: [
    argument: { audio: SentAudio; settings: SpectrogramOptions } & Limits,
    result: FeatureMatrix,
  ];
  iterate: [
    argument: { kind: 'timeline' | 'segments'; audio: SentAudio; options: Sent<TimelineOptions> },
    result: number,
  ];
  next: [argument: number, result: IteratorResult<TimelineWindow | Segment, undefined>];
  endIteration: [argument: number, result: undefined];
  openStream: [argument: StreamOptions, result: { id: number; latencySec: number }];
  push: [argument: { id: number; samples: Float32Array }, result: LiveUpdate[]];
  closeStream: [argument: number, result: undefined];
  dispose: [argument: undefined, result: undefined];
};

/** What the page does for the worker. */
export type PageMethods = {
  tellProgress: [argument: DownloadProgress, result: undefined];
  /** Workers cannot decode what only the browser knows. */
  decodeForeign: [
    argument: { bytes: Uint8Array; maxDurationSec: number; sampleRateHz: number | undefined },
    result: AudioClip,
  ];
};

/** An outcome whose error has been taken apart, since errors do not cross with their class. */
export type SentOutcome =
  | Extract<BatchOutcome, { ok: true }>
  | { ok: false; code: Extract<BatchOutcome, { ok: false }>['error']['code']; message: string };

/** The handlers of one side's methods. */
export type Handlers<Own extends Record<string, [unknown, unknown]>> = {
  [Method in keyof Own]: (argument: Own[Method][0], signal: AbortSignal) => unknown;
};

export type CallsToWorker = Calls<WorkerMethods>;
export type CallsToPage = Calls<PageMethods>;
