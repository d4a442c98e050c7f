import { describe, expect, it } from 'vitest';
import { drawBatches, stackBatch } from '../../src/fit/batches.ts';
import { createRandom } from '../../src/random.ts';
import { createExamples } from './synthetic-examples.ts';

describe('drawBatches', () => {
  const examples = createExamples(101, 1);

  it('puts every example into exactly one batch', () => {
    const drawn = drawBatches(examples, { batchSize: 8, random: createRandom(0) }).flat();
    expect(drawn).toHaveLength(101);
    expect(new Set(drawn)).toEqual(new Set(examples));
  });

  it('gives the same batches for the same seed, and others for another', () => {
    const draw = (seed: number) =>
      drawBatches(examples, { batchSize: 8, random: createRandom(seed) });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('pads less than batches in random order would', () => {
    const padding = (batches: (typeof examples)[]) =>
      batches.reduce((sum, batch) => {
        const longest = Math.max(...batch.map(({ matrix }) => matrix.frames));
        return sum + batch.reduce((rest, { matrix }) => rest + longest - matrix.frames, 0);
      }, 0);
    const shuffled = createRandom(9).shuffle(examples);
    const plain = Array.from({ length: 13 }, (_, at) => shuffled.slice(at * 8, at * 8 + 8));
    const bucketed = drawBatches(examples, { batchSize: 8, random: createRandom(9) });
    expect(padding(bucketed)).toBeLessThan(padding(plain) / 3);
  });
});

describe('stackBatch', () => {
  it('pads with zeros and keeps the lengths', () => {
    const matrices = [
      { data: Float32Array.of(1, 2), frames: 1, features: 2 },
      { data: Float32Array.of(3, 4, 5, 6), frames: 2, features: 2 },
    ];
    const [features, lengths] = stackBatch(matrices);
    expect(features.arraySync()).toEqual([
      [
        [1, 2],
        [0, 0],
      ],
      [
        [3, 4],
        [5, 6],
      ],
    ]);
    expect([...lengths.dataSync()]).toEqual([1, 2]);
  });
});
