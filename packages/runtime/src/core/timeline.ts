import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { cutBlock, type DecodedAudio } from './audio/audio-stream.ts';
import { shortestDurationSec } from './audio/check-clip.ts';
import { RecentSamples } from './audio/recent-samples.ts';
import { throwIfAborted } from './cancellation.ts';
import { type Judgement, toJudgement } from './prediction.ts';

/** Windows that are held as features at the same time. */
export const batchWindows = 32;
/** Longest recording that is followed by default: 6 hours. */
const defaultMaxRecordingSec = 21_600;

/** Length of a window where the caller gives none. */
export const defaultWindowSec = 3;
const defaultHopSec = 1;

export interface TimelineOptions {
  /** Length of a window in seconds. Default 3. */
  windowSec?: number;
  /** From one window's start to the next, in seconds. Default 1. */
  hopSec?: number;
  /**
   * Whether one person speaks alone: each window is judged relative to what was heard of the voice up
   * to there. Default false.
   */
  oneSpeaker?: boolean;
  /** Labels among which to answer, as for a clip. Default: all of the model's. */
  labels?: readonly string[] | undefined;
  /** Stops the timeline between its steps. */
  signal?: AbortSignal;
  /** Longest recording to accept, in seconds. Default 21,600 (6 hours). */
  maxDurationSec?: number;
  /** Of `timeline`: whether windows in which nobody speaks are left unjudged. Default true. */
  speechCheck?: boolean;
}

/** Options with the defaults in place of what is left out. */
export function fillTimelineOptions({
  windowSec = defaultWindowSec,
  hopSec = defaultHopSec,
  signal,
  maxDurationSec = defaultMaxRecordingSec,
  speechCheck = true,
}: TimelineOptions) {
  return { windowSec, hopSec, signal, maxDurationSec, speechCheck };
}

/** A stretch of a recording and what the model makes of it. */
export interface TimelineWindow {
  startSec: number;
  endSec: number;
  /** null where nobody speaks in the window. */
  prediction: Judgement | null;
}

/** Samples `start` … `end - 1` of a recording. */
export interface SampleRange {
  start: number;
  end: number;
}

/** How a recording is cut into windows and judged. */
export interface Windowing {
  windowSec: number;
  hopSec: number;
  labels: readonly string[];
  signal: AbortSignal | undefined;
  /** Probabilities of each clip; null for one that is silent. */
  judge(clips: readonly AudioClip[]): Promise<(Float32Array | null)[]>;
}

/**
 * Judges a recording window by window, from its start to its end. The last window ends with it, and
 * is shorter where the recording is shorter than one window. Memory is that of two batches: while
 * the model judges one, the features of the next are computed.
 */
export async function* judgeWindows(
  { sampleRateHz, blocks }: DecodedAudio,
  { windowSec, hopSec, labels, signal, judge }: Windowing,
): AsyncGenerator<TimelineWindow> {
  checkWindowing(windowSec, hopSec);
  const recent = new RecentSamples();
  const size = Math.round(windowSec * sampleRateHz);
  const startOf = (index: number): number => Math.round(index * hopSec * sampleRateHz);
  let count = 0;
  let batch: SampleRange[] = [];
  let judging: Promise<TimelineWindow[]> = Promise.resolve([]);

  const judgeBatch = async (): Promise<TimelineWindow[]> => {
    const ranges = batch;
    batch = [];
    const rows = await judge(
      ranges.map(({ start, end }) => ({ samples: recent.view(start, end), sampleRateHz })),
    );
    return ranges.map(({ start, end }, index) => ({
      startSec: start / sampleRateHz,
      endSec: end / sampleRateHz,
      prediction: rows[index] ? toJudgement(labels, rows[index]) : null,
    }));
  };
  /** Begins with the next batch, and gives the results of the one before. */
  const turnOver = (): Promise<TimelineWindow[]> => {
    throwIfAborted(signal);
    const before = judging;
    judging = judgeBatch();
    // Whoever waits for it hears of a failure; nobody does where the timeline is left early.
    judging.catch(() => {});
    return before;
  };

  for await (const block of blocks) {
    for (const piece of cutBlock(block, sampleRateHz)) {
      recent.push(piece);
      while (startOf(count) + size <= recent.end) {
        const start = startOf(count++);
        batch.push({ start, end: start + size });
        if (batch.length === batchWindows) yield* await turnOver();
      }
      // The last window ends with the recording, and may begin before the next one would.
      recent.dropBefore(Math.min(batch[0]?.start ?? Infinity, recent.end - size));
    }
  }
  const lastStart = Math.max(0, recent.end - size);
  if (count === 0 || startOf(count - 1) < lastStart) {
    batch.push({ start: lastStart, end: recent.end });
  }
  yield* await turnOver();
  yield* await judging;
}

/** @throws SerError `INVALID_ARGUMENT` for a window or hop that is too short. */
export function checkWindowing(windowSec: number, hopSec: number): void {
  for (const [name, value] of Object.entries({ windowSec, hopSec })) {
    if (!(value >= shortestDurationSec && value < Infinity)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `${name} is ${value}; it must be a number of seconds from ${shortestDurationSec}.`,
      );
    }
  }
}

/**
 * Lists the windows of a stretch of audio. The last one ends with it, and is shorter where the
 * stretch is shorter than one window.
 *
 * @param length its samples.
 */
export function listWindows(
  { length, sampleRateHz }: { length: number; sampleRateHz: number },
  windowSec = defaultWindowSec,
  hopSec = defaultHopSec,
): SampleRange[] {
  const size = Math.round(windowSec * sampleRateHz);
  const lastStart = Math.max(0, length - size);
  const count = 1 + Math.ceil(lastStart / (hopSec * sampleRateHz));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(lastStart, Math.round(index * hopSec * sampleRateHz));
    return { start, end: Math.min(length, start + size) };
  });
}
