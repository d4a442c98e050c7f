import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { executeKernel, runRegistered } from './backend.ts';
import { loadLstmAddon } from './lstm-addon.ts';
import type { LstmInputs, LstmStates } from './lstm-inputs.ts';
import { tf } from './tf.ts';

let isThere: boolean | undefined;

/** True where the operations of `native/lstm.cc` are registered with TensorFlow. */
export function isCompiledLstmThere(): boolean {
  isThere ??= loadLstmAddon();
  return isThere;
}

/** A bidirectional LSTM by `native/lstm.cc`, with one large product for each weight of a direction. */
export function runCompiledLstm({ x, lengths, forward, backward }: LstmInputs): LstmStates {
  const inputs = {
    ...{ x, lengths },
    ...{ kernelForward: forward.kernel, kernelBackward: backward.kernel },
    ...{ biasForward: forward.bias, biasBackward: backward.bias },
    ...{ recurrentForward: forward.recurrentKernel, recurrentBackward: backward.recurrentKernel },
  } satisfies Inputs;
  const [hidden, last] = runRegistered(kernelName, inputs, 2);
  return { hidden: hidden as Tensor3D, last: last as Tensor2D };
}

// A type alias: tfjs asks for an index signature.
type Inputs = {
  x: Tensor3D;
  lengths: Tensor1D;
  kernelForward: Tensor2D;
  kernelBackward: Tensor2D;
  biasForward: Tensor1D;
  biasBackward: Tensor1D;
  recurrentForward: Tensor2D;
  recurrentBackward: Tensor2D;
};
const inputNames = [
  ...['x', 'lengths', 'kernelForward', 'kernelBackward', 'biasForward', 'biasBackward'],
  ...['recurrentForward', 'recurrentBackward'],
];
/** hidden, last, and for the gradient the gates and cells of both directions. */
const outputCount = 6;

// A kernel of its own, so that tfjs asks for the gradients that it needs and no others: that of a
// model's input is a third of the large products of its first layer.
const kernelName = 'SerBidirectionalLstm';

tf.registerKernel({
  kernelName,
  backendName: 'tensorflow',
  kernelFunc: (call) => {
    const inputs = call.inputs as unknown as Inputs;
    const projections = [inputs.kernelForward, inputs.kernelBackward].map((kernel) =>
      projectFrames(inputs.x, kernel),
    );
    return executeKernel(
      kernelName,
      [],
      [
        ...projections,
        ...[inputs.biasForward, inputs.biasBackward],
        ...[inputs.recurrentForward, inputs.recurrentBackward, inputs.lengths],
      ],
      outputCount,
    );
  },
});

tf.registerGradient({
  kernelName,
  inputsToSave: inputNames,
  outputsToSave: new Array(outputCount).fill(true),
  gradFunc: (outputGradients, saved) => {
    const [x, lengths, kernelForward, kernelBackward, , , recurrentForward, recurrentBackward] =
      saved as SavedInputs;
    const [hidden, , ...memory] = saved.slice(inputNames.length) as Tensor[];
    const [hiddenGradient, lastGradient] = outputGradients as Tensor[];
    const [gatesForward, gatesBackward, previousForward, previousBackward] = executeKernel(
      'SerBidirectionalLstmGrad',
      [],
      [
        ...[recurrentForward, recurrentBackward, ...memory],
        ...[hidden!, hiddenGradient!, lastGradient!, lengths],
      ],
      4,
    ).map(flattenFrames) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const frames = flattenFrames(x);
    const differentiateWeights = (values: Tensor2D, gates: Tensor2D) => (): Tensor =>
      tf.matMul(values, gates, true);
    // A product with ones sums faster than tf.sum.
    const differentiateBias = (gates: Tensor2D) => (): Tensor =>
      tf.reshape(tf.matMul(tf.ones([1, gates.shape[0]]), gates), [gates.shape[1]]);
    return {
      x: () =>
        tf.reshape(
          tf.add(
            tf.matMul(gatesForward, kernelForward, false, true),
            tf.matMul(gatesBackward, kernelBackward, false, true),
          ),
          x.shape,
        ),
      kernelForward: differentiateWeights(frames, gatesForward),
      kernelBackward: differentiateWeights(frames, gatesBackward),
      biasForward: differentiateBias(gatesForward),
      biasBackward: differentiateBias(gatesBackward),
      recurrentForward: differentiateWeights(previousForward, gatesForward),
      recurrentBackward: differentiateWeights(previousBackward, gatesBackward),
    };
  },
});

type SavedInputs = [
  ...[Tensor3D, Tensor1D, Tensor2D, Tensor2D, Tensor1D, Tensor1D, Tensor2D, Tensor2D],
  ...Tensor[],
];

/** x [batch, frames, inputs] times a kernel [inputs, width]. */
function projectFrames(x: Tensor3D, kernel: Tensor2D): Tensor3D {
  const [batch, frames] = x.shape;
  return tf.reshape(tf.matMul(flattenFrames(x), kernel), [batch, frames, kernel.shape[1]]);
}

function flattenFrames(tensor: Tensor): Tensor2D {
  return tf.reshape(tensor, [-1, tensor.shape.at(-1)!]);
}
