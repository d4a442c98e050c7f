import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Multiplies its first input by the logistic function of its second, of the same shape. */
export class Gate extends tf.layers.Layer {
  static readonly className = 'Gate';

  constructor(config: { name: string }) {
    super({ name: config.name, trainable: false });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => tf.mul(inputs[0]!, tf.sigmoid(inputs[1]!)));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(Gate);
