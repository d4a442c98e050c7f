import { type Dsp, SerError } from '@ser/dsp-wasm';
import { cutBlock, type DecodedAudio } from '../audio/audio-stream.ts';
import { assertFinite, assertLongEnough } from '../audio/check-clip.ts';
import { RecentSamples } from '../audio/recent-samples.ts';
import { OffsetRemover } from '../audio/remove-offset.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { SpeechModel } from '../speech/speech-model.ts';
import { longestDoubtSec, SpeechTracker } from '../speech/speech-tracker.ts';
import { checkWindowing, type Windowing } from '../timeline.ts';
import type { Segment } from './segment.ts';
import { SpanJudge } from './span-judge.ts';

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
 * Finds the speech in a recording, judges each span of it in overlapping windows that never reach
 * beyond it, averages where they overlap, and joins what has the same label. Memory is that of one
 * batch of windows, however long the recording or a span.
 */
export async function* segmentSpeech(
  { sampleRateHz, blocks }: DecodedAudio,
  segmentation: Segmentation,
): AsyncGenerator<Segment> {
  const { dsp, speechModel, signal } = segmentation;
  const tracker = new SpeechTracker(dsp, speechModel, sampleRateHz);
  const offset = new OffsetRemover(sampleRateHz);
  const recent = new RecentSamples();
  const judge = new SpanJudge(recent, sampleRateHz, segmentation);
  for await (const block of blocks) {
    for (const piece of cutBlock(block, pieceSec * sampleRateHz)) {
      throwIfAborted(signal);
      assertFinite(piece, recent.end);
      recent.push(piece);
      for (const span of await tracker.push(offset.push(piece))) yield* await judge.finish(span);
      if (tracker.open) await judge.advance(tracker.open);
      const doubtful = recent.end - longestDoubtSec * sampleRateHz;
      recent.dropBefore(Math.min(judge.firstNeeded ?? Infinity, doubtful));
    }
  }
  assertLongEnough(recent.end, sampleRateHz);
  for (const span of await tracker.finish()) yield* await judge.finish(span);
}
