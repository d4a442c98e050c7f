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

/** Settings of {@link MaskedConvolution}. */
export interface MaskedConvolutionConfig {
  name: string;
  channels: number;
  /** Frames that one output sees; odd, so that it stands in their middle. */
  kernelSize: number;
  /** Every so many frames have an output. */
  stride: number;
  seed: number;
}

/**
 * A convolution over time. Before and behind a clip stand zeros, also where the batch has padding,
 * so that the first output stands at the first frame whatever the length. Inputs: a sequence
 * [batch, frames, width] and lengths [batch]. Output: [batch, ceil(frames / stride),
 * channels].
 */
export class MaskedConvolution extends tf.layers.Layer {
  static readonly className = 'MaskedConvolution';
  readonly config: MaskedConvolutionConfig;
  /** [kernelSize, width, channels]. */
  kernel: LayerVariable | undefined;
  /** Without it the normalisation behind would take the level away. */
  bias: LayerVariable | undefined;

  constructor(config: MaskedConvolutionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const { kernelSize, channels, seed } = this.config;
    const shape = [kernelSize, inputShapes[0]!.at(-1)!, channels];
    const initialiser = tf.initializers.glorotUniform({ seed });
    this.kernel = this.addWeight('kernel', shape, 'float32', initialiser);
    this.bias = this.addWeight('bias', [channels], 'float32', tf.initializers.zeros());
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    const [batch, frames] = inputShapes[0]!;
    const { stride, channels } = this.config;
    return [batch!, frames ? Math.ceil(frames / stride) : null, channels];
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const [x, lengths] = inputs as [Tensor3D, Tensor1D];
      const { kernelSize, stride } = this.config;
      const side = (kernelSize - 1) / 2;
      const kept = tf.mul(x, maskFrames(x.shape[1], lengths));
      // TensorFlow's own `same` padding with a stride depends on whether the frames are even.
      const padded = tf.pad3d(kept as Tensor3D, [
        [0, 0],
        [side, side],
        [0, 0],
      ]);
      const sum = tf.conv1d(padded, this.kernel!.read() as Tensor3D, stride, 'valid');
      return tf.add(sum, this.bias!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(MaskedConvolution);
