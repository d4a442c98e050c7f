import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { statelessUniform } from '../tensorflow/kernels.ts';
import { tf } from '../tensorflow/tf.ts';

/** Settings of {@link SeededDropout}. */
export interface SeededDropoutConfig {
  name: string;
  /** Share of values set to zero in training, 0 to below 1. */
  rate: number;
  seed: number;
}

/**
 * Dropout whose mask is a pure function of its seed and the training step, so that a resumed
 * training draws what the unbroken one would have. Kept values are scaled by 1 / (1 - rate).
 */
export class SeededDropout extends tf.layers.Layer {
  static readonly className = 'SeededDropout';
  readonly config: SeededDropoutConfig;
  /** The training step; the training loop counts it. */
  step = 0;

  constructor(config: SeededDropoutConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], options: { training?: boolean }): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const { rate, seed } = this.config;
      if (!options.training || rate === 0) return x.clone();
      const uniform = statelessUniform(x.shape, [seed, this.step]);
      const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
      return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(SeededDropout);
