import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Joins columns and channels: [batch, frames, columns, channels] to [batch, frames, columns * channels]. */
export class FlattenColumns extends tf.layers.Layer {
  static readonly className = 'FlattenColumns';

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape([batch, frames, columns, channels]: Shape): Shape {
    return [batch!, frames!, columns! * channels!];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [batch, frames, columns, channels] = x.shape as [number, number, number, number];
      return tf.reshape(x, [batch, frames, columns * channels]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(FlattenColumns);
