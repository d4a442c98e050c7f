import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { shortestDurationSec } from './audio/check-clip.ts';
import { throwIfAborted } from './cancellation.ts';
import { type Judgement, toJudgement } from './prediction.ts';

/** Windows that are held as features at the same time. */
export const batchWindows = 32;

export interface TimelineOptions {
  /** Length of a window in seconds. Default 3. */
  windowSec?: number;
  /** From one window's start to the next, in seconds. Default 1. */
  hopSec?: number;
  /** Stops the timeline between its steps. */
  signal?: AbortSignal;
  /** Longest recording to accept, in seconds. Default 1800. */
  maxDurationSec?: number;
}

/** A stretch of a recording and what the model makes of it. */
export interface TimelineWindow {
  startSec: number;
  endSec: number;
  /** null where the window is silent. */
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

/** Judges a recording window by window, from its start to its end. */
export async function* judgeWindows(
  clip: AudioClip,
  { windowSec, hopSec, labels, signal, judge }: Windowing,
): AsyncGenerator<TimelineWindow> {
  const { samples, sampleRateHz } = clip;
  const windows = listWindows(clip, windowSec, hopSec);
  for (let first = 0; first < windows.length; first += batchWindows) {
    throwIfAborted(signal);
    const batch = windows.slice(first, first + batchWindows);
    const rows = await judge(
      batch.map(({ start, end }) => ({ samples: samples.subarray(start, end), sampleRateHz })),
    );
    for (const [index, { start, end }] of batch.entries()) {
      const row = rows[index];
      const prediction = row ? toJudgement(labels, row) : null;
      yield { startSec: start / sampleRateHz, endSec: end / sampleRateHz, prediction };
    }
  }
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
 * Lists the windows of a recording. The last one ends with it, and is shorter where the recording is
 * shorter than one window.
 *
 * @throws SerError `INVALID_ARGUMENT` for a window or hop that is too short.
 */
export function listWindows(
  { samples, sampleRateHz }: AudioClip,
  windowSec: number,
  hopSec: number,
): SampleRange[] {
  checkWindowing(windowSec, hopSec);
  const size = Math.round(windowSec * sampleRateHz);
  const lastStart = Math.max(0, samples.length - size);
  const count = 1 + Math.ceil(lastStart / (hopSec * sampleRateHz));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(lastStart, Math.round(index * hopSec * sampleRateHz));
    return { start, end: Math.min(samples.length, start + size) };
  });
}
