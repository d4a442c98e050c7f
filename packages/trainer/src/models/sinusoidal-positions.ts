import type { Shape, serialization, Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Angular frequencies, in radians a frame, of the sines and as many cosines of `width` columns. */
export function listFrequencies(width: number): Float32Array {
  return Float32Array.from({ length: width / 2 }, (_, at) => 10_000 ** ((-2 * at) / width));
}

/**
 * Adds to each frame sines, then cosines, of its number (Vaswani et al. 2017), which tell a network
 * without order where it stands. Input and output: [batch, frames, width], `width` even.
 */
export class SinusoidalPositions extends tf.layers.Layer {
  static readonly className = 'SinusoidalPositions';

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D;
      const frame = tf.range(0, x.shape[1], 1).expandDims(1);
      const angle = tf.mul(frame, tf.tensor1d(listFrequencies(x.shape[2])));
      return tf.add(x, tf.concat([tf.sin(angle), tf.cos(angle)], 1));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(SinusoidalPositions);
