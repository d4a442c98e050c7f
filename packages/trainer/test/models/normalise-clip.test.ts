import { expect, it } from 'vitest';
import { NormaliseClip } from '../../src/models/normalise-clip.ts';
import { tf } from '../../src/tensorflow/tf.ts';

it('brings each column of each clip to mean 0 and variance 1 over its own frames', () => {
  const layer = new NormaliseClip({ name: 'normalise' });
  const long = [
    [1, 7],
    [3, 7],
    [5, 7],
  ];
  const short = [
    [10, 0],
    [20, 4],
    [999, 999],
  ];
  const output = layer.apply([tf.tensor3d([long, short]), tf.tensor1d([3, 2], 'int32')]);
  const [first, second] = (output as ReturnType<typeof tf.tensor3d>).arraySync();
  const spread = Math.sqrt(3 / 2);
  expect(first!.map(([value]) => value)).toEqual(
    [-spread, 0, spread].map((x) => expect.closeTo(x, 4)),
  );
  expect(first!.map(([, constant]) => constant)).toEqual([0, 0, 0]);
  expect(second![0]).toEqual([-1, -1].map((x) => expect.closeTo(x, 4)));
  expect(second![1]).toEqual([1, 1].map((x) => expect.closeTo(x, 4)));
  expect(second![2]!.map(Math.abs)).toEqual([0, 0]);
});

it('gives a large constant column 0, whatever the rounding of its mean', () => {
  const layer = new NormaliseClip({ name: 'normalise_constant' });
  const frames = Array.from({ length: 161 }, () => [-87.654321]);
  const output = layer.apply([tf.tensor3d([frames]), tf.tensor1d([161], 'int32')]);
  const values = (output as ReturnType<typeof tf.tensor3d>).dataSync();
  expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-6);
});
