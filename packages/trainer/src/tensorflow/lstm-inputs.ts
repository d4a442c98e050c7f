import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node';

/** Weights of one direction, in Keras's order. */
export interface LstmWeights<Matrix = Tensor2D, Vector = Tensor1D> {
  /** [inputs, 4 * units], gates i, f, c, o */
  kernel: Matrix;
  /** [units, 4 * units] */
  recurrentKernel: Matrix;
  /** [4 * units]; the forget gate starts at 1 */
  bias: Vector;
}

/** A batch of sequences, and the weights that read it in both directions. */
export interface LstmInputs {
  /** [batch, frames, inputs]; what stands behind a sequence's length is not looked at. */
  x: Tensor3D;
  /** [batch], int32, in frames */
  lengths: Tensor1D;
  forward: LstmWeights;
  backward: LstmWeights;
}

/** States of both directions, the forward one's first. */
export interface LstmStates {
  /** Of every frame, [batch, frames, 2 * units]; behind a sequence's length without meaning. */
  hidden: Tensor3D;
  /** After the last frame that each direction reads, [batch, 2 * units]. */
  last: Tensor2D;
}
