import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor1D,
  Tensor3D,
  Tensor4D,
} from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { outsideScore } from './attention-pooling.ts';
import { maskFrames } from './frame-mask.ts';

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
      const [batch, frames, width] = x.shape;
      const { heads } = this.config;
      const rows = tf.reshape(x, [-1, width]);
      const project = (kernel: LayerVariable): Tensor4D => {
        const product = tf.matMul(rows, kernel.read() as Tensor);
        const split = tf.reshape(product, [batch, frames, heads, width / heads]);
        return tf.transpose(split, [0, 2, 1, 3]) as Tensor4D;
      };
      const { query, key, value } = this.kernels!;
      const product = tf.matMul(project(query), project(key), false, true);
      const mask = tf.reshape(maskFrames(frames, lengths), [batch, 1, 1, frames]);
      const score = tf.add(
        tf.mul(product, Math.sqrt(heads / width)),
        tf.mul(tf.sub(1, mask), outsideScore),
      );
      const attended = tf.matMul(tf.softmax(score), project(value));
      return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [batch, frames, width]);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(SelfAttention);
