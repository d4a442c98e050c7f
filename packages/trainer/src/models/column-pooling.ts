import type { Shape, serialization, Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Settings of {@link ColumnPooling}. */
export interface ColumnPoolingConfig {
  name: string;
  /** Neighbouring columns that become one. */
  size: number;
}

/**
 * The maximum of neighbouring columns; columns left over at the end are dropped. Input: [batch,
 * frames, columns, channels]. Output: [batch, frames, floor(columns / size), channels].
 */
export class ColumnPooling extends tf.layers.Layer {
  static readonly className = 'ColumnPooling';
  readonly config: ColumnPoolingConfig;

  constructor(config: ColumnPoolingConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override computeOutputShape([batch, frames, columns, channels]: Shape): Shape {
    return [batch!, frames!, Math.floor(columns! / this.config.size), channels!];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      const window: [number, number] = [1, this.config.size];
      return tf.maxPool(x, window, window, 'valid');
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(ColumnPooling);
