import { formatSegments, type Segment, segmentFormats } from '@ser/runtime';
import { print } from '../print.ts';

/** Formats of a recording's segments. */
export const timelineFormats = [...segmentFormats, 'jsonl'] as const;
export type TimelineFormat = (typeof timelineFormats)[number];

/** Prints segments; as text and JSON lines while they are made. */
export async function printTimeline(
  segments: AsyncIterable<Segment>,
  format: TimelineFormat,
): Promise<void> {
  const kept: Segment[] = [];
  for await (const segment of segments) {
    if (format === 'text') await print(formatSegments([segment], 'text'));
    else if (format === 'jsonl') await print(`${JSON.stringify(segment)}\n`);
    else kept.push(segment);
  }
  if (format !== 'text' && format !== 'jsonl') await print(formatSegments(kept, format));
}
