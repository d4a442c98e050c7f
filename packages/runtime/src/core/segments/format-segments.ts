import { SerError } from '@ser/dsp-wasm';
import type { Segment } from './segment.ts';

/** Formats that {@link formatSegments} writes. */
export const segmentFormats = ['text', 'json', 'csv', 'vtt', 'audacity'] as const;
export type SegmentFormat = (typeof segmentFormats)[number];

const writers: Record<SegmentFormat, (segments: readonly Segment[]) => string> = {
  text: writeText,
  json: (segments) => `${JSON.stringify(segments, null, 2)}\n`,
  csv: writeCsv,
  vtt: writeWebVtt,
  audacity: writeAudacityLabels,
};

/**
 * Writes segments as a file's text.
 *
 * @param format `json`: an array of the segments; `csv`: a header and a line a segment;
 *   `vtt`: WebVTT captions, a cue a segment; `audacity`: a label track for Audacity's
 *   File > Import > Labels; `text`: for reading.
 * @throws SerError `INVALID_ARGUMENT` for another format.
 *
 * @example
 * await writeFile('talk.vtt', formatSegments(segments, 'vtt'));
 */
export function formatSegments(segments: readonly Segment[], format: SegmentFormat): string {
  if (!segmentFormats.includes(format)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `format is ${format}; it must be one of ${segmentFormats.join(', ')}.`,
    );
  }
  return writers[format](segments);
}

function writeText(segments: readonly Segment[]): string {
  const lines = segments.map(
    ({ startSec, endSec, label, confidence }) =>
      `${toClock(startSec)} - ${toClock(endSec)}  ${label} (${confidence.toFixed(2)})\n`,
  );
  return lines.join('');
}

function writeCsv(segments: readonly Segment[]): string {
  const rows = segments.map(({ startSec, endSec, label, confidence }) => [
    startSec.toFixed(3),
    endSec.toFixed(3),
    /[",\r\n]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label,
    confidence.toFixed(4),
  ]);
  const lines = [['startSec', 'endSec', 'label', 'confidence'], ...rows];
  return lines.map((fields) => `${fields.join(',')}\n`).join('');
}

function writeWebVtt(segments: readonly Segment[]): string {
  const cues = segments.map(
    ({ startSec, endSec, label, confidence }) =>
      `\n${toClock(startSec)} --> ${toClock(endSec)}\n${escapeCue(label)} (${confidence.toFixed(2)})\n`,
  );
  return `WEBVTT\n${cues.join('')}`;
}

/** In WebVTT, `&` and `<` begin markup, `-->` a time, and a blank line ends the cue. */
function escapeCue(text: string): string {
  return toOneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function writeAudacityLabels(segments: readonly Segment[]): string {
  const lines = segments.map(
    ({ startSec, endSec, label, confidence }) =>
      `${startSec.toFixed(6)}\t${endSec.toFixed(6)}\t${toOneLine(label)} (${confidence.toFixed(2)})\n`,
  );
  return lines.join('');
}

function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** hh:mm:ss.mmm, as WebVTT asks for. */
function toClock(sec: number): string {
  const milliseconds = Math.round(1000 * sec);
  const parts = [3_600_000, 60_000, 1000].map((unit) => Math.floor(milliseconds / unit));
  const [hours, minutes, seconds] = parts as [number, number, number];
  const clock = [hours, minutes % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  return `${clock.join(':')}.${String(milliseconds % 1000).padStart(3, '0')}`;
}
