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
import { maskFrames } from './frame-mask.ts';

/** Settings of {@link SpectrogramConvolution}. */
export interface SpectrogramConvolutionConfig {
  name: string;
  channels: number;
  seed: number;
}

/**
 * A 3 × 3 convolution over frames and columns, with zeros around a clip, also where the batch has
 * padding. Inputs: [batch, frames, columns, channels], or [batch, frames, columns] as one channel,
 * and lengths [batch]. Output: [batch, frames, columns, channels].
 */
export class SpectrogramConvolution extends tf.layers.Layer {
  static readonly className = 'SpectrogramConvolution';
  readonly config: SpectrogramConvolutionConfig;
  /** [3, 3, channels before, channels]. */
  kernel: LayerVariable | undefined;
  /** Without it the normalisation behind would take the level away. */
  bias: LayerVariable | undefined;

  constructor(config: SpectrogramConvolutionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const { channels, seed } = this.config;
    const before = inputShapes[0]![3] ?? 1;
    const initialiser = tf.initializers.glorotUniform({ seed });
    this.kernel = this.addWeight('kernel', [3, 3, before, channels], 'float32', initialiser);
    this.bias = this.addWeight('bias', [channels], 'float32', tf.initializers.zeros());
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return [...inputShapes[0]!.slice(0, 3), this.config.channels];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D | Tensor4D, Tensor1D];
      const image = (x.rank === 3 ? x.expandDims(3) : x) as Tensor4D;
      const mask = maskFrames(x.shape[1], lengths).expandDims(3);
      const kept = tf.mul(image, mask) as Tensor4D;
      const sum = tf.conv2d(kept, this.kernel!.read() as Tensor4D, 1, 'same');
      return tf.add(sum, this.bias!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(SpectrogramConvolution);
