import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor2D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Settings of {@link DilatedConvolution}. */
export interface DilatedConvolutionConfig {
  name: string;
  channels: number;
  /** Frames between the two that one output sees. */
  dilation: number;
  /** Where the other frame stands: before the output's own, or after it. */
  direction: 'past' | 'future';
  seed: number;
}

/**
 * A convolution over two frames: the output's own, and the one `dilation` frames before or after
 * it, zeros where that is none of the clip's. Without a bias, for a normalisation stands behind it.
 * Inputs: a sequence [batch, frames, width] and its {@link FrameMask}. Output: [batch, frames,
 * channels].
 */
export class DilatedConvolution extends tf.layers.Layer {
  static readonly className = 'DilatedConvolution';
  readonly config: DilatedConvolutionConfig;
  /** [2, width, channels], the earlier frame first. */
  kernel: LayerVariable | undefined;

  constructor(config: DilatedConvolutionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const { channels, seed } = this.config;
    const shape = [2, inputShapes[0]!.at(-1)!, channels];
    const initialiser = tf.initializers.heNormal({ seed });
    this.kernel = this.addWeight('kernel', shape, 'float32', initialiser);
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [...inputShapes[0]!.slice(0, 2), this.config.channels];
  }

  // TensorFlow has no gradient of a dilated convolution on a CPU.
  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, mask] = inputs as [Tensor3D, Tensor3D];
      const [batch, frames, width] = x.shape;
      const { channels, dilation, direction } = this.config;
      const kept = tf.reshape(tf.mul(x, mask), [-1, width]);
      const [earlier, later] = tf
        .unstack(this.kernel!.read())
        .map((tap) => tf.reshape(tf.matMul(kept, tap as Tensor2D), [batch, frames, channels]));
      const isPast = direction === 'past';
      const [own, other] = isPast ? [later!, earlier!] : [earlier!, later!];
      const beyond: [number, number] = isPast ? [dilation, 0] : [0, dilation];
      const padded = tf.pad(other, [[0, 0], beyond, [0, 0]]);
      const start = [0, isPast ? 0 : dilation, 0];
      return tf.add(own, tf.slice(padded, start, [batch, frames, channels]));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(DilatedConvolution);
