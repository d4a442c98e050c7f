import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { reverseByLength } from './kernels.ts';
import { lstmSequence } from './lstm.ts';
import { LstmHelper } from './lstm-helper.ts';
import {
  differentiateGates,
  differentiateLstm,
  hiddenState,
  type LstmInputs,
  runLstm,
} from './lstm-passes.ts';
import { tf } from './tf.ts';

/** Weights of one direction. */
export type DirectionWeights = Omit<LstmInputs, 'x'>;

/** Both directions of one layer. */
export interface LstmPair {
  /** Tells the layer from others. */
  layer: string;
  /** [frames, batch, inputs] */
  x: Tensor3D;
  /** [batch], in frames */
  lengths: Tensor1D;
  forward: DirectionWeights;
  backward: DirectionWeights;
}

let helper: LstmHelper | undefined;

/**
 * Lets a second thread run the backward direction of every bidirectional LSTM from here on, until
 * the returned function is called. Every number stays the same, to the bit.
 */
export async function startLstmHelper(): Promise<() => Promise<void>> {
  helper ??= await LstmHelper.start();
  return async () => {
    const stopping = helper;
    helper = undefined;
    await stopping?.stop();
  };
}

/**
 * Runs an LSTM over sequences, and another one over the same sequences, each reversed by its own
 * length. Returns the hidden states of both, in the order in which each met the frames.
 */
export function lstmPair({ layer, x, lengths, forward, backward }: LstmPair): [Tensor3D, Tensor3D] {
  if (!helper) {
    const reversed = reverseByLength(x, lengths);
    return [run(x, forward), run(reversed, backward)];
  }
  const inputs = {
    ...forward,
    backwardKernel: backward.kernel,
    backwardRecurrentKernel: backward.recurrentKernel,
    backwardBias: backward.bias,
    // The last, since its gradient is asked for in this order and waits for the helper's others.
    x,
  };
  const attributes = { layer, lengths: lengths.dataSync<'int32'>() };
  const outputs = tf
    .engine()
    .runKernel(kernelName, inputs, attributes as never) as unknown as Tensor3D[];
  return [outputs[hiddenState]!, outputs[backwardState]!];
}

function run(x: Tensor3D, { kernel, recurrentKernel, bias }: DirectionWeights): Tensor3D {
  return lstmSequence(x, kernel, recurrentKernel, bias);
}

const kernelName = 'SerLstmPair';
/** Which of the kernel's outputs is the helper's hidden state, after those of `runLstm`. */
const backwardState = hiddenState + 1;

interface PairAttributes {
  layer: string;
  lengths: Int32Array;
}

tf.registerKernel({
  kernelName,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { backwardKernel, backwardRecurrentKernel, backwardBias, ...own } =
      inputs as unknown as Record<string, Tensor> & LstmInputs;
    const { layer, lengths } = attrs as unknown as PairAttributes;
    const { x } = own;
    const request = helper!.request({
      type: 'forward',
      layer,
      lengths,
      shape: x.shape,
      x: x.dataSync<'float32'>(),
      kernel: backwardKernel!.dataSync<'float32'>(),
      recurrentKernel: backwardRecurrentKernel!.dataSync<'float32'>(),
      bias: backwardBias!.dataSync<'float32'>(),
    });
    const states = runLstm(own as LstmInputs);
    const [hidden] = helper!.receive(request);
    const [frames, batch] = x.shape;
    return [...states, tf.tensor3d(hidden!, [frames, batch, backwardBias!.size / 4])];
  },
});

tf.registerGradient({
  kernelName,
  inputsToSave: ['x', 'kernel', 'recurrentKernel', 'bias'],
  outputsToSave: [...new Array(backwardState).fill(true), false],
  gradFunc: (outputGradients, saved, attrs) => {
    const { layer } = attrs as unknown as PairAttributes;
    const gradients = outputGradients as Tensor3D[];
    const [x, kernel, recurrentKernel, bias, ...states] = saved as [
      ...[Tensor3D, Tensor2D, Tensor2D, Tensor1D],
      ...Tensor3D[],
    ];
    const inputs = { x, kernel, recurrentKernel, bias };
    const request = helper!.request({
      type: 'backward',
      layer,
      gradient: gradients[backwardState]!.dataSync<'float32'>(),
    });
    const gates = differentiateGates(inputs, states, gradients[hiddenState]!);
    const own = differentiateLstm(inputs, states[hiddenState]!, gates);
    let received: Float32Array[] | undefined;
    const receive = (at: number, shape: number[]): Tensor => {
      received ??= helper!.receive(request);
      return tf.tensor(received[at]!, shape);
    };
    return {
      ...own,
      backwardKernel: () => receive(0, kernel.shape),
      backwardRecurrentKernel: () => receive(1, recurrentKernel.shape),
      backwardBias: () => receive(2, bias.shape),
      x: () => {
        const inputRequest = helper!.request({ type: 'input', layer });
        const ownGradient = own.x();
        const [other] = helper!.receive(inputRequest);
        return tf.add(ownGradient, tf.tensor3d(other!, x.shape));
      },
    };
  },
});
