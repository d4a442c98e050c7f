import { describe, expect, it } from 'vitest';
import { glorotUniform, orthogonal } from '../../src/models/initialisers.ts';
import { tf } from '../../src/tensorflow/tf.ts';

describe('orthogonal', () => {
  it.each([
    [8, 32],
    [32, 8],
  ])('%i by %i has orthonormal rows or columns', (rows, columns) => {
    const matrix = orthogonal([rows, columns], 5);
    const product =
      rows < columns ? tf.matMul(matrix, matrix, false, true) : tf.matMul(matrix, matrix, true);
    const difference = tf.max(tf.abs(tf.sub(product, tf.eye(8)))).dataSync()[0];
    expect(matrix.shape).toEqual([rows, columns]);
    expect(difference).toBeLessThan(1e-5);
  });

  it('is determined by its seed', () => {
    expect(orthogonal([4, 4], 1).arraySync()).toEqual(orthogonal([4, 4], 1).arraySync());
    expect(orthogonal([4, 4], 1).arraySync()).not.toEqual(orthogonal([4, 4], 2).arraySync());
  });
});

describe('glorotUniform', () => {
  it('fills its range and no more', () => {
    const values = glorotUniform([100, 50], 3).abs();
    const limit = Math.sqrt(6 / 150);
    expect(values.max().dataSync()[0]).toBeLessThanOrEqual(limit);
    expect(values.mean().dataSync()[0]).toBeCloseTo(limit / 2, 2);
  });
});
