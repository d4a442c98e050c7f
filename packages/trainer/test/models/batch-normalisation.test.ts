import type { Tensor, Tensor3D, Variable } from '@tensorflow/tfjs-node';
import { afterEach, expect, it } from 'vitest';
import { BatchNormalisation } from '../../src/models/batch-normalisation.ts';
import { maskFrames } from '../../src/models/frame-mask.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const lengths = tf.tensor1d([7, 3, 5], 'int32');
const x = tf.randomNormal([3, 7, 4], 2, 3, 'float32', 1) as Tensor3D;
const weights = tf.randomNormal([3, 7, 4], 0, 1, 'float32', 2);
const mask = maskFrames(7, lengths);

function build(): BatchNormalisation {
  const layer = new BatchNormalisation({ name: 'norm' });
  layer.build([
    [3, 7, 4],
    [3, 7, 1],
  ]);
  layer.scale!.write(tf.tensor1d([1, 2, -0.5, 3]));
  layer.offset!.write(tf.tensor1d([0, 1, 2, -1]));
  return layer;
}

/** What the formula says, of the clips' own frames alone. */
function normalise(values: Tensor3D, scale: Tensor, offset: Tensor): Tensor {
  const count = tf.sum(mask);
  const mean = tf.div(tf.sum(tf.mul(values, mask), [0, 1]), count);
  const centred = tf.sub(values, mean);
  const variance = tf.div(tf.sum(tf.mul(tf.square(centred), mask), [0, 1]), count);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, 1e-3))), scale), offset);
}

const layer = build();
const call = (values: Tensor3D, training: boolean): Tensor =>
  layer.call([values, mask], { training });

function expectClose(actual: Tensor, expected: Tensor): void {
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!).toBeLessThan(1e-4);
}

afterEach(() => {
  layer.movingMean!.write(tf.zeros([4]));
  layer.movingVariance!.write(tf.ones([4]));
});

it('normalises over the own frames of the clips of a batch', () => {
  const expected = normalise(x, layer.scale!.read(), layer.offset!.read());
  expectClose(tf.mul(call(x, true), mask), tf.mul(expected, mask));
});

it('has the gradients of the formula, whatever stands in the padding', () => {
  const loss = (value: Tensor) => tf.sum(tf.mul(tf.mul(tf.square(value), weights), mask));
  const variables = [layer.scale!.read(), layer.offset!.read()] as Variable[];
  const own = tf.grads((values) => loss(call(values as Tensor3D, true)) as never)([x])[0]!;
  const formula = tf.grads((values, scale, offset) =>
    loss(normalise(values as Tensor3D, scale!, offset!)),
  )([x, ...variables]);
  expectClose(own, formula[0]!);
  const { grads } = tf.variableGrads(() => loss(call(x, true)) as never, variables);
  const [scale, offset] = variables.map(({ name }) => grads[name]!);
  expectClose(scale!, formula[1]!);
  expectClose(offset!, formula[2]!);
});

it('predicts by the moving statistics, which a prediction leaves alone', () => {
  for (let step = 0; step < 800; step++) tf.dispose(call(x, true));
  const moving = () => [...layer.movingMean!.read().dataSync()];
  const before = moving();
  const predicted = tf.mul(call(x, false), mask);
  expect(moving()).toEqual(before);
  expectClose(predicted, tf.mul(call(x, true), mask));
});
