import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { attribute, executeKernel, runRegistered, typeAttribute } from './backend.ts';
import { reverseByLength } from './kernels.ts';
import type { LstmInputs, LstmStates, LstmWeights } from './lstm-inputs.ts';
import { Int64Scalar, tf } from './tf.ts';

/**
 * A bidirectional LSTM by TensorFlow's fused kernels. Each direction runs forward over the batch; the
 * backward one over sequences reversed by their own length, so that padding always comes last and
 * never reaches a frame that counts.
 */
export function runBlockLstm({ x, lengths, forward, backward }: LstmInputs): LstmStates {
  const timeMajor = tf.transpose(x, [1, 0, 2]);
  const there = runDirection(timeMajor, forward);
  const back = runDirection(reverseByLength(timeMajor, lengths), backward);
  const isLast = selectLastFrame(x.shape[1], lengths);
  const [lastThere, lastBack] = [there, back].map((states) => tf.sum(tf.mul(states, isLast), 0));
  const states = tf.concat([there, reverseByLength(back, lengths)], -1);
  return {
    hidden: tf.transpose(states, [1, 0, 2]) as Tensor3D,
    last: tf.concat([lastThere!, lastBack!], -1) as Tensor2D,
  };
}

const kernelName = 'SerBlockLstm';
/** The hidden state and, for the gradient, i, cs, f, o, ci, co. */
const outputCount = 7;

function runDirection(x: Tensor3D, { kernel, recurrentKernel, bias }: LstmWeights): Tensor3D {
  const weights = tf.concat([kernel, recurrentKernel], 0);
  return runRegistered(kernelName, { x, weights, bias }, 1)[0] as Tensor3D;
}

tf.registerKernel({
  kernelName,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs }) => {
    const { x, weights, bias } = inputs as unknown as Record<string, Tensor>;
    const attributes = [attribute('cell_clip', 'FLOAT', 0), ...sharedAttributes()];
    const given = listInputs(x!, weights!, bias!);
    const memory = executeKernel('BlockLSTMV2', attributes, given, outputCount);
    return [memory.pop()!, ...memory];
  },
});

tf.registerGradient({
  kernelName,
  inputsToSave: ['x', 'weights', 'bias'],
  outputsToSave: new Array(outputCount).fill(true),
  gradFunc: (gradient, saved) => {
    const [x, weights, bias, hidden, ...memory] = saved as [...Saved, ...Tensor[]];
    const hiddenGradient = gradient as Tensor;
    const cellGradient = tf.zerosLike(hiddenGradient);
    const given = listInputs(x, weights, bias);
    const inputs = [...given, ...memory, hidden, cellGradient, hiddenGradient];
    const gradients = executeKernel('BlockLSTMGradV2', sharedAttributes(), inputs, 8);
    return { x: () => gradients[0]!, weights: () => gradients[3]!, bias: () => gradients[7]! };
  },
});

type Saved = [x: Tensor, weights: Tensor, bias: Tensor, hidden: Tensor];

function sharedAttributes() {
  return [attribute('use_peephole', 'BOOL', false), typeAttribute('T', 'float')];
}

/** seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b */
function listInputs(x: Tensor, weights: Tensor, bias: Tensor): (Tensor | Int64Scalar)[] {
  const [frames, batch] = x.shape as [number, number];
  const units = bias.size / 4;
  const state = tf.zeros([batch, units]);
  const peephole = tf.zeros([units]);
  return [new Int64Scalar(frames), x, state, state, weights, peephole, peephole, peephole, bias];
}

/** [frames, batch, 1]: 1 at every sequence's last frame, 0 elsewhere. */
function selectLastFrame(frames: number, lengths: Tensor1D): Tensor3D {
  const frame = tf.range(0, frames, 1, 'int32').expandDims(1);
  const isLast = tf.equal(frame, tf.sub(lengths, tf.scalar(1, 'int32')));
  return tf.cast(isLast, 'float32').expandDims(2) as Tensor3D;
}
