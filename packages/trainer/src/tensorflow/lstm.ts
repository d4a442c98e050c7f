import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import {
  differentiateGates,
  differentiateLstm,
  hiddenState,
  type LstmInputs,
  runLstm,
} from './lstm-passes.ts';
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

tf.registerKernel({
  kernelName,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs }) => runLstm(inputs as unknown as LstmInputs),
});

tf.registerGradient({
  kernelName,
  inputsToSave: ['x', 'kernel', 'recurrentKernel', 'bias'],
  outputsToSave: new Array(hiddenState + 1).fill(true),
  gradFunc: (outputGradients, saved) => {
    const gradient = (outputGradients as Tensor[])[hiddenState] as Tensor3D;
    const [x, kernel, recurrentKernel, bias, ...states] = saved as SavedTensors;
    const inputs = { x, kernel, recurrentKernel, bias };
    const gates = differentiateGates(inputs, states, gradient);
    return differentiateLstm(inputs, states[hiddenState]!, gates);
  },
});

type SavedTensors = [Tensor3D, Tensor2D, Tensor2D, Tensor1D, ...Tensor3D[]];
