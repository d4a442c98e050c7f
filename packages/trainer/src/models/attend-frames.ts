import type { Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { outsideScore } from './attention-pooling.ts';
import { maskFrames } from './frame-mask.ts';

/** Queries, keys and values of frames, each [batch, frames, width]. */
export interface ProjectedFrames {
  query: Tensor3D;
  key: Tensor3D;
  value: Tensor3D;
  /** [batch]. */
  lengths: Tensor1D;
}

/**
 * Multi-head scaled dot-product attention of each frame to a clip's own frames (Vaswani et al.
 * 2017): softmax(q kᵀ / √(width / heads)) v in each head, [batch, frames, width].
 */
export function attendFrames(
  { query, key, value, lengths }: ProjectedFrames,
  heads: number,
): Tensor3D {
  const [batch, frames, width] = query.shape;
  const split = (x: Tensor): Tensor => {
    const parts = tf.reshape(x, [batch, frames, heads, width / heads]);
    return tf.transpose(parts, [0, 2, 1, 3]);
  };
  // Queries are fewer than scores are.
  const scaled = tf.mul(query, Math.sqrt(heads / width));
  const product = tf.matMul(split(scaled), split(key), false, true);
  const mask = tf.reshape(maskFrames(frames, lengths), [batch, 1, 1, frames]);
  const score = tf.add(product, tf.mul(tf.sub(1, mask), outsideScore));
  const attended = tf.matMul(tf.softmax(score), split(value));
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, frames, width]);
}
