import type { layers, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BidirectionalLstm } from '../../src/models/bidirectional-lstm.ts';
import { tf } from '../../src/tensorflow/tf.ts';

const [batch, frames, inputs, units] = [4, 9, 5, 6];
const lengths = [9, 5, 1, 7];

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

/** tfjs's own bidirectional LSTM, in Keras's definition, with the layer's weights. */
function buildStock(layer: BidirectionalLstm) {
  const lstm = tf.layers.lstm({
    units,
    returnSequences: layer.config.returnSequences,
    recurrentActivation: 'sigmoid',
  });
  const stock = tf.layers.bidirectional({
    layer: lstm as unknown as layers.RNN,
    mergeMode: 'concat',
  });
  stock.build([batch, frames, inputs]);
  stock.setWeights(layer.weights.map((weight) => weight.read()));
  return stock;
}

function maskOf(): Tensor3D {
  const frame = tf.range(0, frames, 1, 'int32').expandDims(0);
  const inside = tf.less(frame, tf.tensor1d(lengths, 'int32').expandDims(1));
  return tf.cast(inside, 'float32').expandDims(2) as Tensor3D;
}

function build(returnSequences: boolean) {
  const layer = new BidirectionalLstm({ name: 'bilstm', units, returnSequences, seed: 4 });
  const x = tf.mul(tf.randomNormal([batch, frames, inputs], 0, 1, 'float32', 1), maskOf());
  const lengthTensor = tf.tensor1d(lengths, 'int32') as Tensor1D;
  layer.apply([x, lengthTensor]);
  const apply = (input: Tensor): Tensor => {
    const output = layer.apply([input, lengthTensor]) as Tensor;
    return returnSequences ? tf.mul(output, maskOf()) : output;
  };
  const stock = buildStock(layer);
  const applyStock = (input: Tensor): Tensor => {
    const output = stock.call(input, { mask: maskOf().squeeze([2]) }) as Tensor;
    return returnSequences ? tf.mul(output, maskOf()) : output;
  };
  return { layer, x, apply, stock, applyStock };
}

function largestDifference(a: Tensor, b: Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

describe.each([true, false])('BidirectionalLstm, returnSequences %s', (returnSequences) => {
  it('gives the values of masked stock layers', () => {
    const { x, apply, applyStock } = build(returnSequences);
    expect(largestDifference(apply(x), applyStock(x))).toBeLessThan(1e-6);
  });

  it('gives the gradients of masked stock layers, of weights and input', () => {
    const { layer, x, apply, stock, applyStock } = build(returnSequences);
    const target = tf.randomNormal(apply(x).shape, 0, 1, 'float32', 2);
    const loss = (output: Tensor) => tf.sum(tf.square(tf.sub(output, target))).asScalar();
    const own = tf.variableGrads(
      () => loss(apply(x)),
      layer.trainableWeights.map((weight) => weight.read() as never),
    );
    const reference = tf.variableGrads(
      () => loss(applyStock(x)),
      stock.trainableWeights.map((weight) => weight.read() as never),
    );
    const ownGradients = layer.trainableWeights.map(({ name }) => own.grads[name]!);
    const stockGradients = stock.trainableWeights.map(({ name }) => reference.grads[name]!);
    const ownInput = tf.grad((input) => loss(apply(input)))(x);
    const stockInput = tf.grad((input) => loss(applyStock(input)))(x);
    const pairs = ownGradients.map(
      (gradient, index) => [gradient, stockGradients[index]!] as const,
    );
    for (const [gradient, expected] of [...pairs, [ownInput, stockInput] as const]) {
      const scale = tf.max(tf.abs(expected)).dataSync()[0]!;
      expect(scale).toBeGreaterThan(0);
      expect(largestDifference(gradient, expected) / scale).toBeLessThan(1e-4);
    }
  });

  it('does not look at what stands in the padding', () => {
    const { x, apply } = build(returnSequences);
    const noise = tf.mul(tf.randomNormal(x.shape, 0, 9, 'float32', 3), tf.sub(1, maskOf()));
    expect(largestDifference(apply(tf.add(x, noise)), apply(x))).toBe(0);
  });
});
