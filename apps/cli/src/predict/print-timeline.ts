import { type Classifier, formatSegments, type Segment, segmentFormats } from '@ser/runtime';
import { print } from '../print.ts';
import type { ClipSource } from './clip-source.ts';

/** Formats of a recording's segments. */
export const timelineFormats = [...segmentFormats, 'jsonl'] as const;
export type TimelineFormat = (typeof timelineFormats)[number];

/** As much as is decoded at once; the decoder has a limit of its own. */
const longestRecordingSec = 4 * 3600;

/** Prints where somebody speaks in a recording, and with which emotion. */
export async function printTimeline(
  classifier: Classifier,
  source: ClipSource,
  format: TimelineFormat,
  signal: AbortSignal,
): Promise<void> {
  const segments: Segment[] = [];
  const audio = 'path' in source ? source.path : source.bytes;
  const options = { maxDurationSec: longestRecordingSec, signal };
  for await (const segment of classifier.segments(audio, options)) {
    if (format === 'text') await print(formatSegments([segment], 'text'));
    else if (format === 'jsonl') await print(`${JSON.stringify(segment)}\n`);
    else segments.push(segment);
  }
  if (format !== 'text' && format !== 'jsonl') await print(formatSegments(segments, format));
}
