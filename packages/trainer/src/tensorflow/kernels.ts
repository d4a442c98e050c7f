import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';
import { attribute, executeKernel, typeAttribute } from './backend.ts';
import { tf } from './tf.ts';

/**
 * Returns `x` [frames, batch, width] with the first `lengths[b]` frames of every sequence in
 * reverse order; padding stays where it is.
 */
export function reverseByLength(x: Tensor3D, lengths: Tensor1D): Tensor3D {
  const reverse = (tensor: Tensor): Tensor =>
    executeKernel(
      'ReverseSequence',
      [
        attribute('seq_dim', 'INT', 0),
        attribute('batch_dim', 'INT', 1),
        typeAttribute('T', 'float'),
        typeAttribute('Tlen', 'int32'),
      ],
      [tensor, lengths],
      1,
    )[0]!;
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
  return executeKernel(
    name,
    [typeAttribute('dtype', 'float'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
    [tf.tensor1d(shape, 'int32'), tf.tensor1d([...seed], 'int32')],
    1,
  )[0]!;
}

/**
 * The thin QR decomposition of a matrix with at least as many rows as columns: Q with orthonormal
 * columns, and the upper triangular R.
 */
export function decomposeQr(matrix: Tensor): { q: Tensor2D; r: Tensor2D } {
  const [q, r] = executeKernel(
    'Qr',
    [attribute('full_matrices', 'BOOL', false), typeAttribute('T', 'float')],
    [matrix],
    2,
  );
  return { q: q as Tensor2D, r: r as Tensor2D };
}
