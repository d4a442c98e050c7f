import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Settings of {@link StridedLengths}. */
export interface StridedLengthsConfig {
  name: string;
  stride: number;
}

/** How many outputs a convolution with a stride has of each clip: ceil(length / stride). */
export class StridedLengths extends tf.layers.Layer {
  static readonly className = 'StridedLengths';
  readonly config: StridedLengthsConfig;

  constructor(config: StridedLengthsConfig) {
    super({ name: config.name, trainable: false });
    this.config = config;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const lengths = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tf.ceil(tf.div(tf.cast(lengths, 'float32'), this.config.stride));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(StridedLengths);
