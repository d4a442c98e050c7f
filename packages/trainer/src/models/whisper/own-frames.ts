import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../tensorflow/tf.ts';

/** Settings of {@link OwnFrames}. */
export interface OwnFramesConfig {
  name: string;
  /** Frames at the end of each clip that do not count. */
  padFrames: number;
}

/** How many frames of each clip count: its length without the padding, at least 1. */
export class OwnFrames extends tf.layers.Layer {
  static readonly className = 'OwnFrames';
  readonly config: OwnFramesConfig;

  constructor(config: OwnFramesConfig) {
    super({ name: config.name, trainable: false });
    this.config = config;
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const lengths = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tf.maximum(tf.sub(lengths, tf.scalar(this.config.padFrames, 'int32')), 1);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(OwnFrames);
