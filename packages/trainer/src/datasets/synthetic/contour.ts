import type { Prosody } from './prosody.ts';
import type { Segment } from './utterance.ts';

/** Where each segment starts, in seconds, and as the last entry where all end. */
export function listStarts(segments: readonly Segment[]): number[] {
  const starts = [0];
  for (const { durationSec } of segments) starts.push(starts.at(-1)! + durationSec);
  return starts;
}

/**
 * The pitch over an utterance, in semitones from the voice's own: level, slope, a raised cosine on
 * each stressed vowel, the final movement, and the tremble.
 *
 * @returns a function of the time in seconds
 */
export function createContour(
  prosody: Prosody,
  segments: readonly Segment[],
): (timeSec: number) => number {
  const starts = listStarts(segments);
  const endSec = starts.at(-1)!;
  const finalSec = Math.min(0.25, endSec / 2);
  const accents = segments.flatMap((segment, at) =>
    segment.accent === null
      ? []
      : [
          {
            peakSec: starts[at]! + segment.durationSec * 0.4,
            reachSec: segment.durationSec + 0.06,
          },
        ],
  );
  return (timeSec) => {
    let semitones = prosody.f0Semitones + prosody.slopeSemitones * (timeSec / endSec - 0.5);
    for (const { peakSec, reachSec } of accents) {
      const distance = Math.abs(timeSec - peakSec) / reachSec;
      if (distance < 1) {
        semitones += prosody.accentSemitones * 0.5 * (1 + Math.cos(Math.PI * distance));
      }
    }
    const untilEnd = endSec - timeSec;
    if (untilEnd < finalSec) semitones += prosody.finalSemitones * (1 - untilEnd / finalSec);
    return semitones + prosody.tremorSemitones * Math.sin(2 * Math.PI * 6.5 * timeSec);
  };
}
