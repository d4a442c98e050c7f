import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { attribute, HandleScope, typeAttribute } from './backend.ts';
import { tf } from './tf.ts';

/**
 * One direction of an LSTM over a whole batch of sequences, in one kernel (BlockLSTMV2), with its
 * gradient. Gates in the order i, f, c, o; sigmoid gates, tanh cell, zero initial state: Keras's
 * definition. Frames are not masked: a sequence shorter than the batch goes on into its padding,
 * which leaves its earlier frames as they are.
 *
 * @param x [frames, batch, inputs]
 * @param kernel [inputs, 4 * units]
 * @param recurrentKernel [units, 4 * units]
 * @param bias [4 * units]
 * @returns the hidden state of every frame, [frames, batch, units]
 */
export function lstmSequence(
  x: Tensor3D,
  kernel: Tensor2D,
  recurrentKernel: Tensor2D,
  bias: Tensor1D,
): Tensor3D {
  const inputs = { x, kernel, recurrentKernel, bias };
  const states = tf.engine().runKernel(kernelName, inputs) as unknown as Tensor3D[];
  return states[hiddenState]!;
}

// As a kernel of its own, so that tfjs asks for the gradients that it needs and no others: that of a
// model's input is half of the large products of its first layer.
const kernelName = 'SerLstmSequence';
/** Which of the kernel's outputs is the hidden state, after i, cs, f, o, ci and co. */
const hiddenState = 6;

tf.registerKernel({
  kernelName,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs }) => {
    const { x, kernel, recurrentKernel, bias } = inputs as unknown as LstmInputs;
    return runForward(x, tf.concat([kernel, recurrentKernel], 0), bias);
  },
});

tf.registerGradient({
  kernelName,
  inputsToSave: ['x', 'kernel', 'recurrentKernel', 'bias'],
  outputsToSave: new Array(hiddenState + 1).fill(true),
  gradFunc: (outputGradients, saved) => {
    const gradient = (outputGradients as Tensor[])[hiddenState] as Tensor3D;
    const [x, kernel, recurrentKernel, bias, ...states] = saved as SavedTensors;
    return runBackward({ x, kernel, recurrentKernel, bias, states, gradient });
  },
});

interface LstmInputs {
  x: Tensor3D;
  kernel: Tensor2D;
  recurrentKernel: Tensor2D;
  bias: Tensor1D;
}

type SavedTensors = [Tensor3D, Tensor2D, Tensor2D, Tensor1D, ...Tensor[]];

/** Returns what the gradient needs of every frame: i, cs, f, o, ci, co, h, each [frames, batch, units]. */
function runForward(x: Tensor3D, weights: Tensor2D, bias: Tensor1D): Tensor[] {
  const [frames, batch] = x.shape;
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
      7,
    );
  } finally {
    scope.dispose();
  }
}

interface BackwardInput extends LstmInputs {
  states: Tensor[];
  /** Gradient of the hidden states. */
  gradient: Tensor3D;
}

/**
 * How to get the gradient of each input. TensorFlow's BlockLSTMGradV2 adds to the weight gradient at
 * every frame, which is most of its time. Here the frames give only the gate gradients, and one
 * product over all frames gives the weights'.
 */
function runBackward(input: BackwardInput): Record<keyof LstmInputs, () => Tensor> {
  const { x, kernel, recurrentKernel, states } = input;
  const [frames, batch, inputs] = x.shape;
  const units = recurrentKernel.shape[0];
  const rows = frames * batch;
  const gates = tf.reshape(differentiateGates(input), [rows, 4 * units]) as Tensor2D;
  const differentiateWeights = (values: Tensor2D): Tensor =>
    swapGates(tf.matMul(values, gates, true) as Tensor2D);
  return {
    x: () => tf.reshape(tf.matMul(gates, swapGates(kernel), false, true), x.shape),
    kernel: () => differentiateWeights(tf.reshape(x, [rows, inputs])),
    recurrentKernel: () => {
      const hidden = states[hiddenState] as Tensor3D;
      const previous = tf.slice(hidden, [0, 0, 0], [frames - 1, batch, units]);
      const shifted = tf.concat([tf.zeros([1, batch, units]), previous], 0);
      return differentiateWeights(tf.reshape(shifted, [rows, units]));
    },
    // A product with ones sums faster than tf.sum.
    bias: () => tf.reshape(differentiateWeights(tf.ones([rows, 1])), [4 * units]),
  };
}

/** Gradients of all gates before their activation, [frames, batch, 4 * units], in the order i, c, f, o. */
function differentiateGates({
  x,
  kernel,
  recurrentKernel,
  bias,
  states,
  gradient,
}: BackwardInput): Tensor {
  const [frames, batch] = x.shape;
  const units = recurrentKernel.shape[0];
  const float = typeAttribute('T', 'float');
  const cellAttributes = [attribute('use_peephole', 'BOOL', false), float];
  const productAttributes = [
    attribute('transpose_a', 'BOOL', false),
    attribute('transpose_b', 'BOOL', false),
    float,
  ];
  // Transposed once, not by the product: that takes four times as long.
  const swapped = tf.transpose(swapGates(recurrentKernel));
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
    const [zero, weights, peephole, offset, product] = scope.borrow([
      zeroState,
      tf.concat([kernel, recurrentKernel], 0),
      tf.zeros([units]),
      bias,
      swapped,
    ]) as [number, number, number, number, number];
    const unpacked = scope.borrow([x, ...states, gradient]).map(unpack);
    const [xs, i, cs, f, o, ci, co, h, hiddenGradients] = unpacked as number[][] as [
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
      number[],
    ];
    const gates: number[] = new Array(frames);
    let cellGradient = zero;
    let hiddenGradient = hiddenGradients[frames - 1]!;
    for (let frame = frames - 1; frame >= 0; frame--) {
      const isFirst = frame === 0;
      const [previousCellGradient, gateGradients] = scope.run(
        'LSTMBlockCellGrad',
        cellAttributes,
        [
          xs[frame]!,
          isFirst ? zero : cs[frame - 1]!,
          isFirst ? zero : h[frame - 1]!,
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
    return scope.runToTensors('Pack', packAttributes, gates, 1)[0]!;
  } finally {
    scope.dispose();
  }
}

/** Exchanges the second and third quarter of the last axis: LSTMBlockCellGrad has its gates as i, c, f, o. */
function swapGates<T extends Tensor>(tensor: T): T {
  const [i, f, c, o] = tf.split(tensor, 4, tensor.rank - 1) as [T, T, T, T];
  return tf.concat([i, c, f, o], tensor.rank - 1) as T;
}
