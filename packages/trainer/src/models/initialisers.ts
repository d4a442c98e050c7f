import type { Tensor2D } from '@tensorflow/tfjs-node';
import { decomposeQr, statelessNormal, statelessUniform } from '../tensorflow/kernels.ts';
import { tf } from '../tensorflow/tf.ts';

/**
 * Orthogonal initialiser: the Q of a random normal matrix, signs fixed by R's diagonal (Saxe et
 * al. 2013; Keras's `orthogonal`). tfjs has one too, but its QR runs in JavaScript for seconds.
 */
export function orthogonal(shape: [number, number], seed: number): Tensor2D {
  return tf.tidy(() => {
    const [rows, columns] = shape;
    const tall = statelessNormal([Math.max(rows, columns), Math.min(rows, columns)], [seed, 0]);
    const { q, r } = decomposeQr(tall);
    const diagonal = tf.sum(tf.mul(r, tf.eye(Math.min(rows, columns))), 0);
    const signed = tf.mul(q, tf.sign(diagonal));
    return (rows < columns ? tf.transpose(signed) : signed) as Tensor2D;
  });
}

/** Uniform initialiser with limit √(6 / (inputs + outputs)) (Glorot and Bengio 2010). */
export function glorotUniform(shape: [number, number], seed: number): Tensor2D {
  return tf.tidy(() => {
    const limit = Math.sqrt(6 / (shape[0] + shape[1]));
    const uniform = statelessUniform(shape, [seed, 0]);
    return tf.sub(tf.mul(uniform, 2 * limit), limit) as Tensor2D;
  });
}
