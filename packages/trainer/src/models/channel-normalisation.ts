import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Added to a variance; also the default of ONNX's LayerNormalization. */
const epsilon = 1e-5;

/**
 * Layer normalisation (Ba et al. 2016) over the last axis: every vector is brought to mean 0 and
 * variance 1, then multiplied by a learned scale and moved by a learned offset. No vector sees
 * another one, so padding needs no mask.
 */
export class ChannelNormalisation extends tf.layers.Layer {
  static readonly className = 'ChannelNormalisation';
  scale: LayerVariable | undefined;
  offset: LayerVariable | undefined;

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override build(inputShape: Shape): void {
    const width = [inputShape.at(-1) as number];
    this.scale = this.addWeight('scale', width, 'float32', tf.initializers.ones());
    this.offset = this.addWeight('offset', width, 'float32', tf.initializers.zeros());
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(normalised, this.scale!.read()), this.offset!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(ChannelNormalisation);
