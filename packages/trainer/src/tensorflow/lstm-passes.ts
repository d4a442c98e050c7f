import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { attribute, HandleScope, typeAttribute } from './backend.ts';
import { tf } from './tf.ts';

/** A sequence and the weights of one direction. */
export interface LstmInputs {
  /** [frames, batch, inputs] */
  x: Tensor3D;
  /** [inputs, 4 * units], gates i, f, c, o */
  kernel: Tensor2D;
  /** [units, 4 * units] */
  recurrentKernel: Tensor2D;
  /** [4 * units] */
  bias: Tensor1D;
}

/** Which of the results of {@link runLstm} is the hidden state, after i, cs, f, o, ci and co. */
export const hiddenState = 6;

/** Returns what the gradient needs of every frame: i, cs, f, o, ci, co, h, each [frames, batch, units]. */
export function runLstm({ x, kernel, recurrentKernel, bias }: LstmInputs): Tensor3D[] {
  const [frames, batch] = x.shape;
  const weights = tf.concat([kernel, recurrentKernel], 0);
  const units = bias.shape[0] / 4;
  const scope = new HandleScope();
  const state = tf.zeros([batch, units]);
  const peephole = tf.zeros([units]);
  try {
    return scope.runToTensors(
      'BlockLSTMV2',
      [
        attribute('cell_clip', 'FLOAT', 0),
        attribute('use_peephole', 'BOOL', false),
        typeAttribute('T', 'float'),
      ],
      [
        scope.addInt64(frames),
        ...scope.borrow([x, state, state, weights, peephole, peephole, peephole, bias]),
      ],
      hiddenState + 1,
    ) as Tensor3D[];
  } finally {
    scope.dispose();
  }
}

/**
 * Gradients of all gates before their activation, [frames * batch, 4 * units], in the order i, c, f,
 * o. TensorFlow's BlockLSTMGradV2 adds to the weight gradient at every frame, which is most of its
 * time. Here the frames give only the gate gradients, and {@link differentiateLstm} has one product
 * over all frames for each weight.
 *
 * @param states what {@link runLstm} returned
 * @param gradient of the hidden states
 */
export function differentiateGates(
  { recurrentKernel, bias }: Pick<LstmInputs, 'recurrentKernel' | 'bias'>,
  states: readonly Tensor3D[],
  gradient: Tensor3D,
): Tensor2D {
  const [frames, batch, units] = gradient.shape;
  const float = typeAttribute('T', 'float');
  const cellAttributes = [attribute('use_peephole', 'BOOL', false), float];
  const productAttributes = [
    attribute('transpose_a', 'BOOL', false),
    attribute('transpose_b', 'BOOL', false),
    float,
  ];
  // Transposed once, not by the product: that takes four times as long.
  const swapped = tf.transpose(swapGates(recurrentKernel));
  // The kernel looks at the shapes of these, not at their values.
  const anyInput = tf.zeros([batch, 1]);
  const anyWeights = tf.zeros([1 + units, 4 * units]);
  const zeroState = tf.zeros([batch, units]);
  const scope = new HandleScope();
  const unpack = (handle: number): number[] =>
    scope.run(
      'Unpack',
      [attribute('num', 'INT', frames), attribute('axis', 'INT', 0), float],
      [handle],
      frames,
    );
  try {
    const [zero, x, weights, peephole, offset, product] = scope.borrow([
      ...[zeroState, anyInput, anyWeights, tf.zeros([units]), bias, swapped],
    ]) as [number, number, number, number, number, number];
    const [hiddenGradients, i, cs, f, o, ci, co] = scope
      .borrow([gradient, ...states.slice(0, hiddenState)])
      .map(unpack) as [number[], number[], number[], number[], number[], number[], number[]];
    const gates: number[] = new Array(frames);
    let cellGradient = zero;
    let hiddenGradient = hiddenGradients[frames - 1]!;
    for (let frame = frames - 1; frame >= 0; frame--) {
      const isFirst = frame === 0;
      const [previousCellGradient, gateGradients] = scope.run(
        'LSTMBlockCellGrad',
        cellAttributes,
        [
          x,
          isFirst ? zero : cs[frame - 1]!,
          zero,
          weights,
          ...[peephole, peephole, peephole],
          offset,
          ...[i, cs, f, o, ci, co].map((values) => values[frame]!),
          cellGradient,
          hiddenGradient,
        ],
        5,
      ) as [number, number];
      gates[frame] = gateGradients;
      if (isFirst) break;
      cellGradient = previousCellGradient;
      const [through] = scope.run('MatMul', productAttributes, [gateGradients, product], 1);
      const sum = [through!, hiddenGradients[frame - 1]!];
      hiddenGradient = scope.run('AddV2', [float], sum, 1)[0]!;
    }
    const packAttributes = [attribute('N', 'INT', frames), attribute('axis', 'INT', 0), float];
    const packed = scope.runToTensors('Pack', packAttributes, gates, 1)[0]!;
    return tf.reshape(packed, [frames * batch, 4 * units]);
  } finally {
    scope.dispose();
  }
}

/** How to get the gradient of each input from the hidden states and the gates' gradients. */
export function differentiateLstm(
  { x, kernel, recurrentKernel }: LstmInputs,
  hidden: Tensor3D,
  gates: Tensor2D,
): Record<keyof LstmInputs, () => Tensor> {
  const [frames, batch, inputs] = x.shape;
  const units = recurrentKernel.shape[0];
  const rows = frames * batch;
  const differentiateWeights = (values: Tensor2D): Tensor =>
    swapGates(tf.matMul(values, gates, true) as Tensor2D);
  return {
    kernel: () => differentiateWeights(tf.reshape(x, [rows, inputs])),
    recurrentKernel: () => {
      const previous = tf.slice(hidden, [0, 0, 0], [frames - 1, batch, units]);
      const shifted = tf.concat([tf.zeros([1, batch, units]), previous], 0);
      return differentiateWeights(tf.reshape(shifted, [rows, units]));
    },
    // A product with ones sums faster than tf.sum.
    bias: () => tf.reshape(differentiateWeights(tf.ones([rows, 1])), [4 * units]),
    x: () => tf.reshape(tf.matMul(gates, swapGates(kernel), false, true), x.shape),
  };
}

/** Exchanges the second and third quarter of the last axis: LSTMBlockCellGrad has its gates as i, c, f, o. */
function swapGates<T extends Tensor>(tensor: T): T {
  const [i, f, c, o] = tf.split(tensor, 4, tensor.rank - 1) as [T, T, T, T];
  return tf.concat([i, c, f, o], tensor.rank - 1) as T;
}
