import { expect, it } from 'vitest';
import { groupByLength, padBatch } from '../../src/core/feature-batch.ts';
import { averageByWeight, cutPieces } from '../../src/core/pieces.ts';
import { createRandom } from '../fixtures.ts';

/** A matrix of two columns, whose values are the numbers of their frames. */
function makeMatrix(frames: number) {
  const data = Float32Array.from({ length: 2 * frames }, (_, at) => Math.floor(at / 2));
  return { data, frames, features: 2 };
}

it('cuts into pieces of about one length, whose frames that count are all and once', () => {
  const random = createRandom(3);
  for (let round = 0; round < 100; round++) {
    const padFrames = random(8);
    const mostFrames = padFrames + 1 + random(40);
    const frames = padFrames + 1 + random(300);
    const pieces = cutPieces(makeMatrix(frames), { mostFrames, padFrames });
    const counted = pieces.flatMap(({ matrix, weight }) => {
      expect(matrix.frames).toBeLessThanOrEqual(mostFrames);
      expect(matrix.frames).toBe(weight + padFrames);
      expect(matrix.data).toHaveLength(2 * matrix.frames);
      return [...matrix.data.subarray(0, 2 * weight)];
    });
    expect(counted).toEqual([...makeMatrix(frames - padFrames).data]);
    const weights = pieces.map(({ weight }) => weight);
    expect(Math.max(...weights) - Math.min(...weights)).toBeLessThanOrEqual(1);
    const fewest =
      frames <= mostFrames ? 1 : Math.ceil((frames - padFrames) / (mostFrames - padFrames));
    expect(pieces).toHaveLength(fewest);
  }
});

it('leaves a matrix that is not too long as it is, however little of it counts', () => {
  const matrix = makeMatrix(5);
  expect(cutPieces(matrix, { mostFrames: 5, padFrames: 5 })).toEqual([{ matrix, weight: 1 }]);
  expect(cutPieces(matrix, { mostFrames: Infinity, padFrames: 0 })[0]!.matrix).toBe(matrix);
});

it('averages by weight, and gives a single row as it is', () => {
  const rows = [Float32Array.of(1, 0), Float32Array.of(0.5, 0.5)];
  expect([...averageByWeight(rows, [3, 1])]).toEqual([0.875, 0.125]);
  expect(averageByWeight([rows[0]!], [7])).toBe(rows[0]);
});

it('groups as many as the limits allow, by length', () => {
  const matrices = [9, 2, 5, 2, 30, 3].map(makeMatrix);
  const group = (mostMatrices: number, mostFrames: number) =>
    groupByLength(matrices, { mostMatrices, mostFrames });
  expect(group(32, 1000)).toEqual([[1, 3, 5, 2, 0, 4]]);
  expect(group(1, 1000)).toEqual([[1], [3], [5], [2], [0], [4]]);
  // What is longer than a batch may be is a batch alone.
  expect(group(32, 10)).toEqual([[1, 3, 5], [2], [0], [4]]);
});

it('pads a batch of columns, and of samples without them', () => {
  const [short, long] = [makeMatrix(1), makeMatrix(2)];
  expect(padBatch([short, long], 'features')).toEqual({
    input: 'features',
    values: Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1),
    shape: [2, 2, 2],
    lengths: Int32Array.of(1, 2),
  });
  const samples = [1, 3].map((frames) => ({
    data: new Float32Array(frames).fill(frames),
    frames,
    features: 1,
  }));
  expect(padBatch(samples, 'waveform')).toEqual({
    input: 'waveform',
    values: Float32Array.of(1, 0, 0, 3, 3, 3),
    shape: [2, 3],
    lengths: Int32Array.of(1, 3),
  });
});
