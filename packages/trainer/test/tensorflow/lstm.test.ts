import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runBidirectionalLstm } from '../../src/tensorflow/lstm.ts';
import { runBlockLstm } from '../../src/tensorflow/lstm-block.ts';
import { isCompiledLstmThere, runCompiledLstm } from '../../src/tensorflow/lstm-compiled.ts';
import type { LstmInputs } from '../../src/tensorflow/lstm-inputs.ts';
import { runPlainLstm } from '../../src/tensorflow/lstm-plain.ts';
import { tf } from '../../src/tensorflow/tf.ts';

// Registers its operations.
beforeAll(() => expect(isCompiledLstmThere()).toBe(true));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

interface Size {
  batch: number;
  frames: number;
  inputs: number;
  units: number;
  lengths: number[];
}

const sizes: Size[] = [
  { batch: 4, frames: 9, inputs: 5, units: 6, lengths: [9, 5, 1, 7] },
  // More units than a panel of the product has columns, and more rows than a tile.
  { batch: 33, frames: 12, inputs: 17, units: 37, lengths: [...range(33, (i) => 1 + (i % 12))] },
  { batch: 1, frames: 3, inputs: 1, units: 1, lengths: [3] },
  { batch: 2, frames: 4, inputs: 3, units: 64, lengths: [0, 4] },
];

function range(count: number, value: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => value(index));
}

function normal(shape: number[], seed: number): Tensor {
  return tf.randomNormal(shape as [number], 0, 0.6, 'float32', seed);
}

function makeInputs({ batch, frames, inputs, units, lengths }: Size): LstmInputs {
  const direction = (seed: number) => ({
    kernel: normal([inputs, 4 * units], seed) as Tensor2D,
    recurrentKernel: tf.mul(normal([units, 4 * units], seed + 1), 0.5) as Tensor2D,
    bias: normal([4 * units], seed + 2) as Tensor1D,
  });
  return {
    x: normal([batch, frames, inputs], 1) as Tensor3D,
    lengths: tf.tensor1d(lengths, 'int32'),
    ...{ forward: direction(10), backward: direction(20) },
  };
}

/** States of the frames that count, and gradients of a loss over all of them. */
function measure(run: typeof runBidirectionalLstm, size: Size) {
  const inputs = makeInputs(size);
  const { forward, backward } = inputs;
  const frame = tf.range(0, size.frames, 1, 'int32').expandDims(0);
  const inside = tf.less(frame, inputs.lengths.expandDims(1));
  const mask = tf.cast(inside, 'float32').expandDims(2);
  const weights = [forward, backward].flatMap((each) => [
    ...[each.kernel, each.recurrentKernel, each.bias],
  ]);
  const states = (x: Tensor3D, [a, b, c, d, e, f]: Tensor[]) => {
    const { hidden, last } = run({
      ...{ x, lengths: inputs.lengths },
      forward: { kernel: a as Tensor2D, recurrentKernel: b as Tensor2D, bias: c as Tensor1D },
      backward: { kernel: d as Tensor2D, recurrentKernel: e as Tensor2D, bias: f as Tensor1D },
    });
    return [tf.mul(hidden, mask), last] as const;
  };
  const loss = (x: Tensor, ...rest: Tensor[]) => {
    const [hidden, last] = states(x as Tensor3D, rest);
    const [a, b] = [normal(hidden.shape, 3), normal(last.shape, 4)];
    return tf.add(tf.sum(tf.mul(hidden, a)), tf.sum(tf.mul(tf.square(last), b))).asScalar();
  };
  const gradients = tf.grads(loss)([inputs.x, ...weights]);
  return [...states(inputs.x, weights), ...gradients].map((tensor) => tensor.dataSync());
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

describe.each([
  ['compiled', runCompiledLstm],
  ['TensorFlow’s fused', runBlockLstm],
] as const)('the %s LSTM', (name, run) => {
  it.each(sizes)('equals single operations in value and gradient, $batch by $frames', (size) => {
    // TensorFlow's kernel has no sequence of no frames.
    const fit = name === 'compiled' ? size : { ...size, lengths: size.lengths.map((n) => n || 1) };
    const expected = measure(runPlainLstm, fit);
    measure(run, fit).forEach((values, at) => {
      const difference = values.map((value, index) => value - expected[at]![index]!);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(largest(difference) / (largest(expected[at]!) || 1)).toBeLessThan(
        at < 2 ? 2e-6 : 1e-4,
      );
    });
  });

  it('has tfjs make no gradients for what it remembers', () => {
    const { batch, frames, units } = sizes[0]!;
    const made = vi.spyOn(tf.engine(), 'makeTensor');
    try {
      measure(run, sizes[0]!);
      const states = batch * frames * units;
      const ofMemory = made.mock.calls.filter(([, shape]) =>
        [states, 4 * states].includes(tf.util.sizeFromShape(shape)),
      );
      // TensorFlow's kernel is given one for the cells of each direction.
      expect(ofMemory).toHaveLength(name === 'compiled' ? 0 : 2);
    } finally {
      made.mockRestore();
    }
  });
});

describe('runBidirectionalLstm', () => {
  it('refuses a length beyond the frames', () => {
    const size = { ...sizes[0]!, lengths: [9, 5, 10, 7] };
    expect(() => runBidirectionalLstm(makeInputs(size))).toThrow('length');
  });

  it('gives the same on another backend, with a warning', async () => {
    const expected = measure(runBidirectionalLstm, sizes[0]!);
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
    await tf.setBackend('cpu');
    try {
      measure(runBidirectionalLstm, sizes[0]!).forEach((values, at) => {
        const difference = values.map((value, index) => value - expected[at]![index]!);
        expect(largest(difference)).toBeLessThan(1e-4 * largest(expected[at]!));
      });
      expect((await warning).message).toContain('backend cpu');
    } finally {
      await tf.setBackend('tensorflow');
    }
  });
});
