import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { shortestDurationSec } from './audio/check-clip.ts';
import type { Judgement } from './prediction.ts';

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
  for (const [name, value] of Object.entries({ windowSec, hopSec })) {
    if (!(value >= shortestDurationSec && value < Infinity)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `${name} is ${value}; it must be a number of seconds from ${shortestDurationSec}.`,
      );
    }
  }
  const size = Math.round(windowSec * sampleRateHz);
  const lastStart = Math.max(0, samples.length - size);
  const count = 1 + Math.ceil(lastStart / (hopSec * sampleRateHz));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.min(lastStart, Math.round(index * hopSec * sampleRateHz));
    return { start, end: Math.min(samples.length, start + size) };
  });
}
