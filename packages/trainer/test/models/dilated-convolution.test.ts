import type { Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import { expect, it } from 'vitest';
import { DilatedConvolution } from '../../src/models/dilated-convolution.ts';
import { maskFrames } from '../../src/models/frame-mask.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const x = tf.randomNormal([2, 9, 3], 0, 1, 'float32', 1) as Tensor3D;
const lengths = tf.tensor1d([9, 5], 'int32');
const mask = maskFrames(9, lengths);

function build(direction: 'past' | 'future', dilation: number): DilatedConvolution {
  const layer = new DilatedConvolution({ name: 'c', channels: 4, dilation, direction, seed: 3 });
  layer.build([
    [2, 9, 3],
    [2, 9, 1],
  ]);
  return layer;
}

it.each([
  ['past', 1],
  ['past', 4],
  ['past', 16],
  ['future', 1],
  ['future', 4],
  ['future', 16],
] as const)(
  'is TensorFlow’s dilated convolution of the %s, %i frames apart',
  (direction, dilation) => {
    const layer = build(direction, dilation);
    const beyond: [number, number] = direction === 'past' ? [dilation, 0] : [0, dilation];
    const padded = tf.pad(tf.mul(x, mask), [[0, 0], beyond, [0, 0]]) as Tensor3D;
    const kernel = layer.kernel!.read() as Tensor3D;
    const expected: Tensor = tf.conv1d(padded, kernel, 1, 'valid', 'NWC', dilation);
    const actual = layer.call([x, mask]);
    expect(actual.shape).toEqual([2, 9, 4]);
    expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!).toBeLessThan(1e-5);
  },
);
