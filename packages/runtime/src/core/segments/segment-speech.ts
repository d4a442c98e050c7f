import { type Dsp, SerError } from '@ser/dsp-wasm';
import type { AudioClip } from '../audio/audio-clip.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { SpeechModel } from '../speech/speech-model.ts';
import { type SpeechSpan, SpeechTracker } from '../speech/speech-tracker.ts';
import {
  batchWindows,
  checkWindowing,
  listWindows,
  type SampleRange,
  type Windowing,
} from '../timeline.ts';
import { averageWindows } from './average-windows.ts';
import { mergeRanges } from './merge-ranges.ts';
import type { Segment } from './segment.ts';

/** Speech is looked for in pieces of this length, so that a signal can stop it. */
const pieceSec = 5;

/** How speech is cut and judged. */
export interface Segmentation extends Windowing {
  dsp: Dsp;
  speechModel: SpeechModel;
}

/** @throws SerError `INVALID_ARGUMENT` for windows that are too short, or leave gaps. */
export function checkSegmenting(windowSec: number, hopSec: number): void {
  checkWindowing(windowSec, hopSec);
  if (hopSec > windowSec) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `hopSec is ${hopSec}; it must be at most windowSec (${windowSec}), or speech would be left out.`,
    );
  }
}

/**
 * Finds the speech in a clip, judges each span of it in overlapping windows that never reach beyond
 * it, averages where they overlap, and joins what has the same label. Beside the clip, memory is that
 * of one batch of windows.
 */
export async function* segmentSpeech(
  clip: AudioClip,
  segmentation: Segmentation,
): AsyncGenerator<Segment> {
  const { dsp, speechModel, signal } = segmentation;
  const { samples, sampleRateHz } = clip;
  const tracker = new SpeechTracker(dsp, speechModel, sampleRateHz);
  const pieceLength = pieceSec * sampleRateHz;
  for (let start = 0; start < samples.length; start += pieceLength) {
    throwIfAborted(signal);
    for (const span of await tracker.push(samples.subarray(start, start + pieceLength))) {
      yield* await segmentSpan(clip, span, segmentation);
    }
  }
  for (const span of await tracker.finish()) yield* await segmentSpan(clip, span, segmentation);
}

async function segmentSpan(
  { samples, sampleRateHz }: AudioClip,
  { startSec, endSec }: SpeechSpan,
  { labels, windowSec, hopSec, signal, judge }: Segmentation,
): Promise<Segment[]> {
  const start = Math.round(startSec * sampleRateHz);
  const span = {
    samples: samples.subarray(start, Math.round(endSec * sampleRateHz)),
    sampleRateHz,
  };
  const windows = listWindows(span, windowSec, hopSec);
  const judged: SampleRange[] = [];
  const rows: Float32Array[] = [];
  for (let first = 0; first < windows.length; first += batchWindows) {
    throwIfAborted(signal);
    const batch = windows.slice(first, first + batchWindows);
    const results = await judge(
      batch.map((window) => ({
        samples: span.samples.subarray(window.start, window.end),
        sampleRateHz,
      })),
    );
    results.forEach((row, index) => {
      if (!row) return;
      judged.push(batch[index]!);
      rows.push(row);
    });
  }
  const ranges = averageWindows(judged, rows);
  return mergeRanges(ranges, { labels, sampleRateHz, offsetSec: start / sampleRateHz });
}
