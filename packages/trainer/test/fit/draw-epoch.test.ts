import { describe, expect, it } from 'vitest';
import { countDraws, type DrawEpochOptions, drawEpoch } from '../../src/fit/draw-epoch.ts';
import type { Example } from '../../src/fit/example.ts';
import { createRandom } from '../../src/random.ts';

function matrixOf(value: number) {
  return { data: Float32Array.of(value), frames: 1, features: 1 };
}

/** 90 clips of label 0 and 10 of label 1 in corpus a, 20 of label 0 in corpus b. */
const examples: Example[] = [
  ...Array.from({ length: 90 }, () => ({ label: 0, corpus: 'a' })),
  ...Array.from({ length: 10 }, () => ({ label: 1, corpus: 'a' })),
  ...Array.from({ length: 20 }, () => ({ label: 0, corpus: 'b' })),
].map((example, at) => ({ ...example, matrix: matrixOf(at) }));

function draw(sampling: DrawEpochOptions['sampling'], seed = 0): Example[] {
  return drawEpoch(examples, { sampling, versionsPerEpoch: 1, random: createRandom(seed) });
}

function count(drawn: Example[], matches: (example: Example) => boolean): number {
  return drawn.filter(matches).length;
}

describe('drawEpoch', () => {
  it('takes every clip once', () => {
    expect(draw('every-clip')).toEqual(examples);
  });

  it('balances labels, corpora, or both', () => {
    const labels = draw('balanced-labels');
    expect(labels).toHaveLength(120);
    expect(count(labels, ({ label }) => label === 1)).toBe(60);
    const corpora = draw('balanced-corpora');
    expect(count(corpora, ({ corpus }) => corpus === 'b')).toBe(60);
    const both = draw('balanced-labels-and-corpora');
    expect(both).toHaveLength(120);
    expect(count(both, ({ corpus }) => corpus === 'b')).toBe(60);
    expect(count(both, ({ corpus, label }) => corpus === 'a' && label === 1)).toBe(30);
  });

  it('takes every clip of a small group about equally often', () => {
    const drawn = draw('balanced-labels').filter(({ label }) => label === 1);
    for (const example of examples.filter(({ label }) => label === 1)) {
      expect(drawn.filter(({ matrix }) => matrix === example.matrix)).toHaveLength(6);
    }
  });

  it('draws different versions of a clip, all of them over the epochs', () => {
    const copied = examples.map((example, at) => ({
      ...example,
      copies: [matrixOf(1000 + at), matrixOf(2000 + at)],
    }));
    const options = { sampling: 'every-clip', versionsPerEpoch: 2 } as const;
    expect(countDraws(copied, 2)).toBe(240);
    const seen = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const drawn = drawEpoch(copied, { ...options, random: createRandom(seed) });
      const values = drawn.map(({ matrix }) => matrix.data[0]!);
      expect(new Set(values).size).toBe(240);
      for (const value of values) seen.add(value);
    }
    expect(seen.size).toBe(360);
  });
});
