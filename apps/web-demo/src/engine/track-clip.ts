import {
  type AudioClip,
  type Classifier,
  type Segment,
  SerError,
  type TimelineWindow,
} from '@ser/runtime/web';
import type { Failure, Track } from './protocol.ts';

const shortClipSec = 30;
/** Short clips are followed closely; long ones as `ser predict --timeline` does. */
const shortClipWindows = { windowSec: 1.5, hopSec: 0.25 };
const longClipWindows = { windowSec: 3, hopSec: 1 };
/** Share of the work that the windows are; the rest is looking for speech. */
const windowsShare = 0.5;

/**
 * Follows a clip through time: probabilities window by window, and where somebody speaks.
 *
 * @param options `report` is told which share is done, 0 … 1; `speechCheck` says whether windows in
 *   which nobody speaks are left out.
 * @throws SerError `ABORTED`, or what the classifier throws.
 */
export async function trackClip(
  classifier: Classifier,
  clip: AudioClip,
  {
    signal,
    report,
    speechCheck,
  }: { signal: AbortSignal; report(share: number): void; speechCheck: boolean },
): Promise<Track> {
  const durationSec = clip.samples.length / clip.sampleRateHz;
  const windowing = durationSec <= shortClipSec ? shortClipWindows : longClipWindows;
  const windows: TimelineWindow[] = [];
  for await (const window of classifier.timeline(clip, { ...windowing, signal, speechCheck })) {
    windows.push(window);
    report((windowsShare * window.endSec) / durationSec);
    await giveTurn(windows.length);
  }
  const segments: Segment[] = [];
  let segmentsFailure: Failure | null = null;
  try {
    for await (const segment of classifier.segments(clip, { signal })) {
      segments.push(segment);
      report(windowsShare + ((1 - windowsShare) * segment.endSec) / durationSec);
    }
  } catch (error) {
    if (!(error instanceof SerError) || error.code === 'ABORTED') throw error;
    segmentsFailure = { code: error.code, message: error.message };
  }
  return { windows, segments: segmentsFailure ? null : segments, segmentsFailure };
}

/** Lets other calls have their turn between batches. */
async function giveTurn(done: number): Promise<void> {
  if (done % 32 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
}
