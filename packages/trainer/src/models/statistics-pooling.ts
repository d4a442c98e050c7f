import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { maskFrames } from './frame-mask.ts';

/** Added to a variance, so that its root has a gradient at 0. */
export const pooledVarianceFloor = 1e-5;

/**
 * Mean and standard deviation of each column over a clip's own frames. Inputs: a sequence [batch,
 * frames, width] and lengths [batch]. Output: [batch, 2 * width], the means first.
 */
export class StatisticsPooling extends tf.layers.Layer {
  static readonly className = 'StatisticsPooling';

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [inputShapes[0]![0]!, 2 * inputShapes[0]!.at(-1)!];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const mask = maskFrames(x.shape[1], lengths);
      const count = tf.reshape(tf.cast(lengths, 'float32'), [-1, 1, 1]);
      const mean = tf.div(tf.sum(tf.mul(x, mask), 1, true), count);
      const difference = tf.mul(tf.sub(x, mean), mask);
      const variance = tf.div(tf.sum(tf.square(difference), 1, true), count);
      const deviation = tf.sqrt(tf.add(variance, pooledVarianceFloor));
      return tf.squeeze(tf.concat([mean, deviation], 2), [1]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(StatisticsPooling);
