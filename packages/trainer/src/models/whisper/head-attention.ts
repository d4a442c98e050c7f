import type { Shape, serialization, Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-node';
import { tf } from '../../tensorflow/tf.ts';
import { attendFrames } from '../attend-frames.ts';

/** Settings of {@link HeadAttention}. */
export interface HeadAttentionConfig {
  name: string;
  /** Divides the width of the sequence. */
  heads: number;
}

/**
 * Multi-head attention of each frame to a clip's own frames, without weights: its inputs are
 * projected queries, keys and values, each [batch, frames, width], and lengths [batch]. Output:
 * [batch, frames, width].
 */
export class HeadAttention extends tf.layers.Layer {
  static readonly className = 'HeadAttention';
  readonly config: HeadAttentionConfig;

  constructor(config: HeadAttentionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[2]!;
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [query, key, value, lengths] = inputs as [Tensor3D, Tensor3D, Tensor3D, Tensor1D];
      return attendFrames({ query, key, value, lengths }, this.config.heads);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(HeadAttention);
