import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/**
 * Joins the logits of an ensemble's members, each [batch, labels]. In a prediction: the logarithm of
 * their mean probability, [batch, labels], which softmax turns into that mean. In training: one
 * member's below the other, [members * batch, labels], so that each learns from a loss of its own.
 */
export class AverageMembers extends tf.layers.Layer {
  static readonly className = 'AverageMembers';

  constructor(config: { name: string }) {
    super({ name: config.name, trainable: false });
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[], options: { training?: boolean }): Tensor {
    return tf.tidy(() => {
      if (options.training) return tf.concat(inputs, 0);
      const probabilities = inputs.map((logits) => tf.softmax(logits));
      return tf.log(tf.div(tf.addN(probabilities), inputs.length));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(AverageMembers);
