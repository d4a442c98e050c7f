import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { maskFrames } from './frame-mask.ts';

/** Added to a column's variance, so that a constant column becomes 0. */
export const varianceFloor = 1e-4;

/**
 * Brings every column of every clip to mean 0 and variance 1 over the clip's own frames, which
 * takes away level, microphone and part of the speaker. Inputs: a sequence [batch, frames, width]
 * and lengths [batch] (int32, in frames). Frames behind a clip's length become 0.
 */
export class NormaliseClip extends tf.layers.Layer {
  static readonly className = 'NormaliseClip';

  constructor(config: { name: string }) {
    super({ name: config.name, trainable: false });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const mask = maskFrames(x.shape[1], lengths);
      const count = tf.reshape(tf.cast(lengths, 'float32'), [-1, 1, 1]);
      const centre = (value: Tensor): Tensor =>
        tf.mul(tf.sub(value, tf.div(tf.sum(value, 1, true), count)), mask);
      // The second pass takes away the rounding of the first mean. In a column that hardly varies,
      // such as a band above what the recording holds, that rounding would be all there is.
      const centred = centre(centre(tf.mul(x, mask)));
      const variance = tf.div(tf.sum(tf.square(centred), 1, true), count);
      return tf.div(centred, tf.sqrt(tf.add(variance, varianceFloor)));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(NormaliseClip);
