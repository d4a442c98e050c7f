import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { maskFrames } from './frame-mask.ts';

/** Added to what stands behind a clip's length, so that it is never the maximum. */
export const outsideValue = -1e9;

/**
 * The last states of both directions of a BiLSTM, and mean and maximum of its states over a clip's
 * own frames. Inputs: its sequence [batch, frames, 2 * units], forward states first, and lengths
 * [batch]. Output: [batch, 6 * units].
 */
export class LastMeanMaxPooling extends tf.layers.Layer {
  static readonly className = 'LastMeanMaxPooling';

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [inputShapes[0]![0]!, 3 * inputShapes[0]!.at(-1)!];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const [batch, frames, width] = x.shape;
      const units = width / 2;
      const mask = maskFrames(frames, lengths);
      const kept = tf.mul(x, mask);
      // The forward direction ends at a clip's last frame, the backward one at its first.
      const isLast = tf.sub(mask, maskFrames(frames, tf.sub(lengths, 1)));
      const forward = tf.sum(tf.mul(tf.slice3d(x, [0, 0, 0], [batch, frames, units]), isLast), 1);
      const backward = tf.reshape(tf.slice3d(x, [0, 0, units], [batch, 1, units]), [batch, units]);
      const count = tf.reshape(tf.cast(lengths, 'float32'), [-1, 1]);
      const mean = tf.div(tf.sum(kept, 1), count);
      const maximum = tf.max(tf.add(kept, tf.mul(tf.sub(1, mask), outsideValue)), 1);
      return tf.concat([forward, backward, mean, maximum], 1);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(LastMeanMaxPooling);
