import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor1D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import { maskFrames } from './frame-mask.ts';

/** Added to the score of a frame behind a clip's length: its share becomes exactly 0. */
export const outsideScore = -1e9;

/** Settings of {@link AttentionPooling}. */
export interface AttentionPoolingConfig {
  name: string;
  seed: number;
}

/**
 * The mean of a clip's frames, each weighted by the softmax, over the clip, of one learned score.
 * Inputs: a sequence [batch, frames, width] and lengths [batch]. Output: [batch, width].
 */
export class AttentionPooling extends tf.layers.Layer {
  static readonly className = 'AttentionPooling';
  readonly config: AttentionPoolingConfig;
  /** [width, 1]: what gives a frame its score. */
  kernel: LayerVariable | undefined;

  constructor(config: AttentionPoolingConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const width = inputShapes[0]!.at(-1) as number;
    const initialiser = tf.initializers.glorotUniform({ seed: this.config.seed });
    this.kernel = this.addWeight('kernel', [width, 1], 'float32', initialiser);
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [inputShapes[0]![0]!, inputShapes[0]!.at(-1)!];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const [batch, frames, width] = x.shape;
      const score = tf.matMul(tf.reshape(x, [-1, width]), this.kernel!.read() as Tensor);
      const outside = tf.sub(1, maskFrames(frames, lengths));
      const kept = tf.add(
        tf.reshape(score, [batch, frames]),
        tf.mul(tf.reshape(outside, [batch, frames]), outsideScore),
      );
      const share = tf.reshape(tf.softmax(kept), [batch, frames, 1]);
      return tf.sum(tf.mul(x, share), 1);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(AttentionPooling);
