import { expect, it } from 'vitest';
import { SpecAugment, type SpecAugmentSettings } from '../../src/models/spec-augment.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const [batch, frames, width] = [3, 40, 20];
const lengths = [40, 25, 10];

/** What is left of a batch of ones: [clip][frame][column]. */
function mask(
  settings: Partial<SpecAugmentSettings>,
  { step = 0, seed = 1, training = true } = {},
): number[][][] {
  const none = { timeMasks: 0, timeShare: 0.5, featureMasks: 0, featureShare: 0.5 };
  const layer = new SpecAugment({ name: 'masks', seed, ...none, ...settings });
  layer.step = step;
  const output = tf.tidy(() => {
    const inputs = [tf.ones([batch, frames, width]), tf.tensor1d(lengths, 'int32')];
    return layer.call(inputs, { training });
  });
  const values = output.arraySync() as number[][][];
  output.dispose();
  return values;
}

const isMasked = (values: readonly number[]): boolean => values.every((value) => value === 0);
const columnsOf = (clip: readonly number[][]): number[][] =>
  Array.from({ length: width }, (_, column) => clip.map((row) => row[column]!));
/** Lengths of the runs of masked rows. */
const listBlocks = (rows: readonly number[][]): number[] =>
  rows
    .map((row) => (isMasked(row) ? 'x' : ' '))
    .join('')
    .split(/ +/)
    .map(({ length }) => length)
    .filter((length) => length > 0);

it('masks whole frames of each clip, no more of them than its own length allows', () => {
  const widths = new Set<number>();
  for (let step = 0; step < 60; step++) {
    mask({ timeMasks: 1 }, { step }).forEach((clip, at) => {
      const [block = 0, ...others] = listBlocks(clip);
      expect(others).toEqual([]);
      expect(block).toBeLessThanOrEqual(lengths[at]! / 2);
      expect(clip.slice(lengths[at]).some(isMasked)).toBe(false);
      expect(clip.flat().filter((value) => value === 0)).toHaveLength(block * width);
      widths.add(block);
    });
  }
  expect(widths.size).toBeGreaterThan(15);
});

it('masks whole columns, as many blocks as asked for at most', () => {
  const counts = new Set<number>();
  for (let step = 0; step < 40; step++) {
    for (const clip of mask({ featureMasks: 2, featureShare: 0.2 }, { step })) {
      const blocks = listBlocks(columnsOf(clip));
      expect(blocks.length).toBeLessThanOrEqual(2);
      expect(blocks.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(8);
      counts.add(blocks.length);
    }
  }
  expect([...counts].sort()).toEqual([0, 1, 2]);
});

it('hangs on seed and step alone, and leaves predictions as they are', () => {
  const settings = { timeMasks: 2, featureMasks: 2 };
  expect(mask(settings, { step: 7 })).toEqual(mask(settings, { step: 7 }));
  expect(mask(settings, { step: 7 })).not.toEqual(mask(settings, { step: 8 }));
  expect(mask(settings, { step: 7 })).not.toEqual(mask(settings, { step: 7, seed: 2 }));
  expect(mask(settings, { training: false }).flat(2)).not.toContain(0);
});
