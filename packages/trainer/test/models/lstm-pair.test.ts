import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { expect, it } from 'vitest';

// The helper is a thread, which needs the built package.
async function loadBuilt<T>(path: string): Promise<T> {
  return import(new URL(`../../dist/tensorflow/${path}.js`, import.meta.url).href);
}
const { tf } = await loadBuilt<typeof import('../../src/tensorflow/tf.ts')>('tf');
const { lstmPair, startLstmHelper } =
  await loadBuilt<typeof import('../../src/tensorflow/lstm-pair.ts')>('lstm-pair');

const [frames, batch, inputs, units] = [7, 3, 5, 4];

function normal(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

/** Values and gradients of two stacked layers, as plain numbers. */
function runLayers(): number[][] {
  return tf.tidy(() => {
    const lengths = tf.tensor1d([7, 2, 5], 'int32') as Tensor1D;
    const weightsOf = (width: number, seed: number) => [
      normal([width, 4 * units], seed),
      normal([units, 4 * units], seed + 1),
      normal([4 * units], seed + 2),
    ];
    const weights = [
      ...[weightsOf(inputs, 1), weightsOf(inputs, 4)],
      ...[weightsOf(2 * units, 7), weightsOf(2 * units, 10)],
    ].flat();
    const apply = (...tensors: Tensor[]): Tensor => {
      const [x, ...rest] = tensors as [Tensor3D, ...Tensor[]];
      const directionOf = (at: number) => ({
        kernel: rest[3 * at] as Tensor2D,
        recurrentKernel: rest[3 * at + 1] as Tensor2D,
        bias: rest[3 * at + 2] as Tensor1D,
      });
      const first = lstmPair({
        ...{ layer: 'first', x, lengths, forward: directionOf(0), backward: directionOf(1) },
      });
      const second = lstmPair({
        ...{ layer: 'second', x: tf.concat(first, 2) as Tensor3D, lengths },
        ...{ forward: directionOf(2), backward: directionOf(3) },
      });
      return tf.concat(second, 2);
    };
    const x = normal([frames, batch, inputs], 13);
    const target = normal([frames, batch, 2 * units], 14);
    const value = apply(x, ...weights);
    const loss = (...tensors: Tensor[]) =>
      tf.sum(tf.square(tf.sub(apply(...tensors), target))).asScalar();
    const gradients = tf.grads(loss)([x, ...weights]);
    return [value, ...gradients].map((tensor) => [...tensor.dataSync()]);
  });
}

it('gives the same numbers to the bit with a second thread, and leaves no tensors', async () => {
  const alone = runLayers();
  const stop = await startLstmHelper();
  const { numTensors } = tf.memory();
  const helped = [runLayers(), runLayers()];
  expect(tf.memory().numTensors).toBe(numTensors);
  await stop();
  expect(helped).toEqual([alone, alone]);
  expect(runLayers()).toEqual(alone);
});
