import { findLargest } from '../prediction.ts';
import type { AveragedRange } from './average-windows.ts';
import type { Segment } from './segment.ts';

/**
 * Joins neighbouring ranges that have the same likeliest label into segments.
 *
 * @param ranges in order of time, in samples from `offsetSec` of the recording.
 */
export function mergeRanges(
  ranges: readonly AveragedRange[],
  {
    labels,
    sampleRateHz,
    offsetSec,
  }: { labels: readonly string[]; sampleRateHz: number; offsetSec: number },
): Segment[] {
  const segments: Segment[] = [];
  let weight = 0;
  for (const { start, end, probabilities } of ranges) {
    const best = findLargest(probabilities);
    const label = labels[best]!;
    const confidence = probabilities[best]!;
    const startSec = offsetSec + start / sampleRateHz;
    const endSec = offsetSec + end / sampleRateHz;
    const current = segments.at(-1);
    if (current?.label === label && current.endSec === startSec) {
      current.confidence =
        (current.confidence * weight + confidence * (end - start)) / (weight + end - start);
      current.endSec = endSec;
      weight += end - start;
    } else {
      segments.push({ startSec, endSec, label, confidence });
      weight = end - start;
    }
  }
  return segments;
}
