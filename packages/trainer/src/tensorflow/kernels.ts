import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { Int64Scalar, tf } from './tf.ts';

/** TensorFlow kernels that tfjs has no operation for, called through tfjs-node's eager interface. */

interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

interface OutputMetadata {
  id: number;
}

/** The part of tfjs-node's backend used here; it has no public type, and 4.22 is pinned. */
interface NodeBackend {
  readonly binding: Record<string, number> & {
    executeOp(name: string, attributes: Attribute[], ids: number[], outputs: number): OutputMetadata[];
    deleteTensor(id: number): void;
  };
  getInputTensorIds(inputs: unknown[]): number[];
  createOutputTensor(metadata: OutputMetadata): Tensor;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: Tensor[],
    outputs: number,
  ): Tensor[];
}

function backend(): NodeBackend {
  return tf.backend() as unknown as NodeBackend;
}

function typeAttribute(name: string, dtype: 'float' | 'int32' | 'int64'): Attribute {
  const { binding } = backend();
  const types = { float: binding.TF_FLOAT, int32: binding.TF_INT32, int64: binding.TF_INT64 };
  return { name, type: binding.TF_ATTR_TYPE!, value: types[dtype] };
}

function attribute(name: string, kind: 'FLOAT' | 'BOOL' | 'INT', value: unknown): Attribute {
  return { name, type: backend().binding[`TF_ATTR_${kind}`]!, value };
}

/** Runs a kernel whose first input is the sequence length as an int64 scalar. */
function executeOverSequence(
  name: string,
  attributes: Attribute[],
  frames: number,
  inputs: Tensor[],
  outputs: number,
): Tensor[] {
  const node = backend();
  const ids = node.getInputTensorIds([new Int64Scalar(frames), ...inputs]);
  try {
    return node.binding
      .executeOp(name, attributes, ids, outputs)
      .map((metadata) => node.createOutputTensor(metadata));
  } finally {
    node.binding.deleteTensor(ids[0]!);
  }
}

/**
 * One direction of an LSTM over a whole batch of sequences, in one kernel (BlockLSTMV2), with its
 * gradient (BlockLSTMGradV2). Gates in the order i, f, c, o; sigmoid gates, tanh cell, zero
 * initial state: Keras's definition. Frames are not masked: a sequence shorter than the batch goes
 * on into its padding, which leaves its earlier frames as they are.
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
  const units = recurrentKernel.shape[0];
  const [frames, batch] = x.shape;
  const run = tf.customGrad((...args) => {
    const [sequence, weights, offset] = args as unknown as [Tensor3D, Tensor2D, Tensor1D];
    const save = args[3] as unknown as (tensors: Tensor[]) => void;
    const fixed = [
      tf.zeros([batch, units]),
      tf.zeros([batch, units]),
      weights,
      ...[0, 1, 2].map(() => tf.zeros([units])),
      offset,
    ];
    const outputs = executeOverSequence(
      'BlockLSTMV2',
      [attribute('cell_clip', 'FLOAT', 0), attribute('use_peephole', 'BOOL', false), typeAttribute('T', 'float')],
      frames,
      [sequence, ...fixed],
      7,
    );
    const hidden = outputs[6]!;
    save([sequence, ...fixed, ...outputs]);
    const gradFunc = (gradient: Tensor, saved: Tensor[]): Tensor[] => {
      const gradients = executeOverSequence(
        'BlockLSTMGradV2',
        [attribute('use_peephole', 'BOOL', false), typeAttribute('T', 'float')],
        frames,
        [...saved, tf.zerosLike(gradient), gradient],
        8,
      );
      return [gradients[0]!, gradients[3]!, gradients[7]!];
    };
    return { value: hidden, gradFunc };
  });
  return run(x, tf.concat([kernel, recurrentKernel], 0), bias) as Tensor3D;
}

/**
 * Returns `x` [frames, batch, width] with the first `lengths[b]` frames of every sequence in
 * reverse order; padding stays where it is.
 */
export function reverseByLength(x: Tensor3D, lengths: Tensor1D): Tensor3D {
  const reverse = (tensor: Tensor): Tensor =>
    backend().executeSingleOutput(
      'ReverseSequence',
      [
        attribute('seq_dim', 'INT', 0),
        attribute('batch_dim', 'INT', 1),
        typeAttribute('T', 'float'),
        typeAttribute('Tlen', 'int32'),
      ],
      [tensor, lengths],
    );
  return tf.customGrad((sequence) => ({
    value: reverse(sequence as Tensor),
    gradFunc: (gradient: Tensor) => reverse(gradient),
  }))(x) as Tensor3D;
}

/** Uniform numbers in [0, 1), a pure function of the two seeds (StatelessRandomUniform). */
export function statelessUniform(shape: number[], seed: readonly [number, number]): Tensor {
  return executeStateless('StatelessRandomUniform', shape, seed);
}

/** Standard normal numbers, a pure function of the two seeds (StatelessRandomNormal). */
export function statelessNormal(shape: number[], seed: readonly [number, number]): Tensor {
  return executeStateless('StatelessRandomNormal', shape, seed);
}

function executeStateless(name: string, shape: number[], seed: readonly [number, number]): Tensor {
  return backend().executeSingleOutput(
    name,
    [typeAttribute('dtype', 'float'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    [tf.tensor1d(shape, 'int32'), tf.tensor1d([...seed], 'int32')],
  );
}

/**
 * The thin QR decomposition of a matrix with at least as many rows as columns: Q with orthonormal
 * columns, and the upper triangular R.
 */
export function decomposeQr(matrix: Tensor): { q: Tensor2D; r: Tensor2D } {
  const [q, r] = backend().executeMultipleOutputs(
    'Qr',
    [attribute('full_matrices', 'BOOL', false), typeAttribute('T', 'float')],
    [matrix],
    2,
  );
  return { q: q as Tensor2D, r: r as Tensor2D };
}
