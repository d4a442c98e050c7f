import type { LayerVariable } from '@tensorflow/tfjs-node';
import type { BidirectionalLstm, LayerWeights } from '../../models/bidirectional-lstm.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LayerGraph } from '../layer-graph.ts';

/**
 * The ONNX form of {@link BidirectionalLstm}. `sequence_lens` makes ONNX's LSTM stop each sequence
 * at its length, in both directions, which is the mask. Its Y is [frames, directions, batch,
 * units], its Y_h [directions, batch, units].
 */
export function addBidirectionalLstm(
  part: LayerGraph,
  { config: { units, returnSequences }, directions }: BidirectionalLstm,
  [x, lengths]: [string, string],
): string {
  const both = [directions!.forward, directions!.backward];
  const inputs = both[0]!.kernel.shape[0]!;
  const kernels = concatenate(both.map(({ kernel }) => transposeGates(kernel)));
  const recurrent = concatenate(both.map(({ recurrentKernel }) => transposeGates(recurrentKernel)));
  const w = part.floats('W', [2, 4 * units, inputs], kernels);
  const r = part.floats('R', [2, 4 * units, units], recurrent);
  const b = part.floats('B', [2, 8 * units], concatenate(both.map(expandBias)));

  const timeMajor = part.node('Transpose', [x], 'time_major', { perm: [1, 0, 2] });
  const states = `${part.name}/${returnSequences ? 'Y' : 'Y_h'}`;
  part.graph.addNodeWithOutputs(
    'LSTM',
    [timeMajor, w, r, b, lengths],
    returnSequences ? [states] : ['', states],
    { hidden_size: units, direction: 'bidirectional' },
  );
  const batchFirst = part.node('Transpose', [states], 'batch_first', {
    perm: returnSequences ? [2, 0, 1, 3] : [1, 0, 2],
  });
  const shape = part.integers('shape', returnSequences ? [0, 0, -1] : [0, -1]);
  return part.output('Reshape', [batchFirst, shape]);
}

/** A kernel [inputs, 4 * units] with gates i, f, c, o as ONNX's [4 * units, inputs], gates i, o, f, c. */
function transposeGates(kernel: LayerVariable): Float32Array {
  return tf.tidy(() => {
    const gates = tf.split(tf.transpose(kernel.read()), 4, 0);
    return tf.concat(orderGates(gates), 0).dataSync<'float32'>() as Float32Array;
  });
}

/** ONNX's bias is that of the input followed by that of the recurrence, which Keras does not have. */
function expandBias({ bias }: LayerWeights): Float32Array {
  return tf.tidy(() => {
    const gates = orderGates(tf.split(bias.read(), 4));
    return tf.concat([...gates, tf.zerosLike(bias.read())]).dataSync<'float32'>() as Float32Array;
  });
}

function orderGates<T>([input, forget, cell, output]: T[]): T[] {
  return [input!, output!, forget!, cell!];
}

function concatenate(parts: Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
