import { describe, expect, it } from 'vitest';
import { formatSegments, type Segment, type SegmentFormat } from '../../src/core/index.ts';
import { averageWindows } from '../../src/core/segments/average-windows.ts';
import { mergeRanges } from '../../src/core/segments/merge-ranges.ts';
import { SpanDetector } from '../../src/core/speech/span-detector.ts';
import { catchSerError } from '../fixtures.ts';

describe('SpanDetector', () => {
  /** Spans of a run of probabilities, given as [value, frames] pairs. */
  function detect(...runs: [value: number, frames: number][]) {
    const detector = new SpanDetector();
    const spans = runs.flatMap(([value, frames]) =>
      Array.from({ length: frames }, () => detector.push(value)),
    );
    return [...spans, detector.finish()]
      .filter((span) => span !== null)
      .map(({ startFrame, endFrame }) => [startFrame, endFrame]);
  }

  it('begins at the upper threshold and lasts to the lower one', () => {
    expect(detect([0.45, 10], [0.5, 1], [0.36, 20], [0.34, 20])).toEqual([[10, 31]]);
    expect(detect([0.49, 100])).toEqual([]);
  });

  it('bridges pauses under 0.3 s and parts at longer ones', () => {
    expect(detect([0.9, 20], [0, 9], [0.9, 20])).toEqual([[0, 49]]);
    expect(detect([0.9, 20], [0, 10], [0.9, 20])).toEqual([
      [0, 20],
      [30, 50],
    ]);
  });

  it('drops what is shorter than 0.25 s', () => {
    expect(detect([0.9, 7], [0, 20], [0.9, 8])).toEqual([[27, 35]]);
  });

  it('is open only once speech is long enough', () => {
    const detector = new SpanDetector();
    const open = [0, 0, ...Array(9).fill(1), ...Array(10).fill(0)].map((value) => {
      detector.push(value);
      return detector.open?.startFrame ?? null;
    });
    expect(open).toEqual([...Array(9).fill(null), ...Array(11).fill(2), null]);
  });
});

describe('averageWindows', () => {
  it('averages where windows overlap', () => {
    const windows = [
      { start: 0, end: 4 },
      { start: 2, end: 6 },
      { start: 3, end: 7 },
    ];
    const rows = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.5, 0.5)];
    expect(
      averageWindows(windows, rows).map(({ start, end, probabilities }) => [
        start,
        end,
        ...probabilities.map((value) => Math.round(1000 * value)),
      ]),
    ).toEqual([
      [0, 2, 1000, 0],
      [2, 3, 500, 500],
      [3, 4, 500, 500],
      [4, 6, 250, 750],
      [6, 7, 500, 500],
    ]);
  });

  it('leaves gaps out, and makes nothing of nothing', () => {
    const windows = [
      { start: 0, end: 2 },
      { start: 3, end: 4 },
    ];
    const rows = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
    expect(averageWindows(windows, rows).map(({ start, end }) => [start, end])).toEqual([
      [0, 2],
      [3, 4],
    ]);
    expect(averageWindows([], [])).toEqual([]);
  });
});

it('mergeRanges joins neighbours with one label, weighted by their length', () => {
  const range = (start: number, end: number, ...values: number[]) => ({
    ...{ start, end },
    probabilities: Float64Array.from(values),
  });
  const ranges = [
    range(0, 10, 0.9, 0.1),
    range(10, 40, 0.5, 0.5),
    range(40, 50, 0.2, 0.8),
    range(60, 70, 0.3, 0.7),
  ];
  const segments = mergeRanges(ranges, { labels: ['a', 'b'], sampleRateHz: 10, offsetSec: 3 });
  expect(segments).toEqual([
    { startSec: 3, endSec: 7, label: 'a', confidence: expect.closeTo(0.6, 10) },
    { startSec: 7, endSec: 8, label: 'b', confidence: 0.8 },
    { startSec: 9, endSec: 10, label: 'b', confidence: 0.7 },
  ]);
});

describe('formatSegments', () => {
  const segments: Segment[] = [
    { startSec: 0.5, endSec: 3.25, label: 'happy', confidence: 0.914 },
    { startSec: 3661.9996, endSec: 3725, label: 'sad, "<b>"\n\nor not', confidence: 0.5 },
  ];

  it.each<[SegmentFormat, string]>([
    [
      'text',
      '00:00:00.500 - 00:00:03.250  happy (0.91)\n' +
        '01:01:02.000 - 01:02:05.000  sad, "<b>"\n\nor not (0.50)\n',
    ],
    [
      'csv',
      'startSec,endSec,label,confidence\n0.500,3.250,happy,0.9140\n' +
        '3662.000,3725.000,"sad, ""<b>""\n\nor not",0.5000\n',
    ],
    [
      'vtt',
      'WEBVTT\n\n00:00:00.500 --> 00:00:03.250\nhappy (0.91)\n' +
        '\n01:01:02.000 --> 01:02:05.000\nsad, "&lt;b&gt;" or not (0.50)\n',
    ],
    [
      'audacity',
      '0.500000\t3.250000\thappy (0.91)\n' + '3661.999600\t3725.000000\tsad, "<b>" or not (0.50)\n',
    ],
  ])('%s', (format, text) => {
    expect(formatSegments(segments, format)).toBe(text);
  });

  it('json', () => {
    expect(JSON.parse(formatSegments(segments, 'json'))).toEqual(segments);
  });

  it('says that there is nothing in each format’s way', () => {
    expect(formatSegments([], 'json')).toBe('[]\n');
    expect(formatSegments([], 'vtt')).toBe('WEBVTT\n');
    expect(formatSegments([], 'csv')).toBe('startSec,endSec,label,confidence\n');
    expect(formatSegments([], 'text')).toBe('');
  });

  it('refuses another format', async () => {
    const error = await catchSerError(() => formatSegments(segments, 'srt' as SegmentFormat));
    expect(error.message).toBe('format is srt; it must be one of text, json, csv, vtt, audacity.');
  });
});
