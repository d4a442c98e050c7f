import { describe, expect, it } from 'vitest';
import { comparePaired } from '../../src/evaluate/paired-difference.ts';
import { countSpeakers, type SpeakerCounts } from '../../src/evaluate/speaker-counts.ts';
import { makeSampleRun } from '../report/sample-run.ts';

const labels = ['neutral', 'angry'];
const count = (rows: Record<string, [number[], number[]]>): SpeakerCounts => ({
  labels,
  speakers: Object.entries(rows).map(([name, [hits, clips]]) => ({ name, hits, clips })),
});

/** Three speakers, of whom c has no angry clip, with two seeds. */
const clips = { a: [2, 4], b: [4, 2], c: [2, 0] };
const baseline = [
  count({ a: [[1, 2], clips.a], b: [[2, 1], clips.b], c: [[0, 0], clips.c] }),
  count({ a: [[2, 2], clips.a], b: [[2, 0], clips.b], c: [[1, 0], clips.c] }),
];
const variant = [
  count({ a: [[2, 3], clips.a], b: [[3, 1], clips.b], c: [[1, 0], clips.c] }),
  count({ a: [[1, 4], clips.a], b: [[4, 0], clips.b], c: [[1, 0], clips.c] }),
];
const pairs = baseline.map((counts, at) => ({ baseline: counts, variant: variant[at]! }));

describe('comparePaired', () => {
  it('gives the UARs and their difference by hand', () => {
    const { baselineUars, variantUars, difference, speakers } = comparePaired(pairs);
    expect(baselineUars).toEqual([
      expect.closeTo((3 / 8 + 3 / 6) / 2, 12),
      expect.closeTo((5 / 8 + 2 / 6) / 2, 12),
    ]);
    expect(variantUars).toEqual([
      expect.closeTo((6 / 8 + 4 / 6) / 2, 12),
      expect.closeTo((6 / 8 + 4 / 6) / 2, 12),
    ]);
    expect(difference).toBeCloseTo((6 / 8 + 4 / 6 - (8 / 8 + 5 / 6) / 2) / 2, 12);
    expect(speakers).toBe(3);
  });

  it('gives the interval of all 27 equally likely resamples', () => {
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const score = (counts: SpeakerCounts, drawn: number[]) => {
      const recalls = labels.flatMap((_, label) => {
        const all = sum(drawn.map((at) => counts.speakers[at]!.clips[label]!));
        return all === 0 ? [] : [sum(drawn.map((at) => counts.speakers[at]!.hits[label]!)) / all];
      });
      return sum(recalls) / recalls.length;
    };
    const all = [0, 1, 2].flatMap((a) => [0, 1, 2].flatMap((b) => [0, 1, 2].map((c) => [a, b, c])));
    const differences = all.map(
      (drawn) =>
        sum(pairs.map((pair) => score(pair.variant, drawn) - score(pair.baseline, drawn))) / 2,
    );
    differences.sort((a, b) => a - b);
    // A share of 1/27 is the least and the greatest, more than the 2.5 % that are cut off.
    const { interval } = comparePaired(pairs, { seed: 3, resamples: 20_000 });
    expect(interval!.low).toBeCloseTo(differences[0]!, 12);
    expect(interval!.high).toBeCloseTo(differences.at(-1)!, 12);
    expect(interval).toMatchObject({ level: 0.95, resamples: 20_000, over: 'speakers' });
    expect(comparePaired(pairs, { seed: 3, resamples: 20_000 }).interval).toEqual(interval);
  });

  it('finds no difference between a system and itself, and no interval for two speakers', () => {
    const same = comparePaired(baseline.map((counts) => ({ baseline: counts, variant: counts })));
    expect(same).toMatchObject({ difference: 0, interval: { low: 0, high: 0 } });
    const two = pairs.map(({ baseline, variant }) => ({
      baseline: { labels, speakers: baseline.speakers.slice(0, 2) },
      variant: { labels, speakers: variant.speakers.slice(0, 2) },
    }));
    expect(comparePaired(two).interval).toBeNull();
  });

  it('gives the UAR that the report gives, from counts alone', () => {
    const { predictions, evaluations } = makeSampleRun();
    const counts = countSpeakers(predictions.filter(({ split }) => split === 'test'));
    const { baselineUars } = comparePaired([{ baseline: counts, variant: counts }]);
    expect(baselineUars[0]).toBeCloseTo(evaluations.test!.uar, 12);
  });
});
