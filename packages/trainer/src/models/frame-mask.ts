import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** 1 for each of a clip's own frames and 0 behind them, [batch, frames, 1]; `lengths` [batch]. */
export function maskFrames(frames: number, lengths: Tensor1D): Tensor3D {
  const frame = tf.range(0, frames, 1, 'int32').expandDims(0);
  const isInside = tf.less(frame, lengths.expandDims(1));
  return tf.cast(isInside, 'float32').expandDims(2) as Tensor3D;
}
