import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor1D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { attendFrames } from './attend-frames.ts';

/** Settings of {@link SelfAttention}. */
export interface SelfAttentionConfig {
  name: string;
  /** Divides the width of the sequence. */
  heads: number;
  seed: number;
}

/**
 * Multi-head scaled dot-product attention of each frame to a clip's own frames (Vaswani et al.
 * 2017), without the projection behind it. Inputs: a sequence [batch, frames, width] and lengths
 * [batch]. Output: [batch, frames, width].
 */
export class SelfAttention extends tf.layers.Layer {
  static readonly className = 'SelfAttention';
  readonly config: SelfAttentionConfig;
  /** Each [width, width]. */
  kernels: { query: LayerVariable; key: LayerVariable; value: LayerVariable } | undefined;

  constructor(config: SelfAttentionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const width = inputShapes[0]!.at(-1)!;
    const add = (name: string, change: number): LayerVariable => {
      const initialiser = tf.initializers.glorotUniform({ seed: this.config.seed ^ change });
      return this.addWeight(name, [width, width], 'float32', initialiser);
    };
    this.kernels = { query: add('query', 0), key: add('key', 1), value: add('value', 2) };
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const rows = tf.reshape(x, [-1, x.shape[2]]);
      const project = (kernel: LayerVariable): Tensor3D =>
        tf.reshape(tf.matMul(rows, kernel.read() as Tensor), x.shape);
      const { query, key, value } = this.kernels!;
      const projected = { query: project(query), key: project(key), value: project(value) };
      return attendFrames({ ...projected, lengths }, this.config.heads);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(SelfAttention);
