import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Settings of {@link WeightedSum}. */
export interface WeightedSumConfig {
  name: string;
  /** What each weight is before training. */
  initialWeight: number;
}

/** The sum of its inputs, which have one shape, each multiplied by a learned weight of its own. */
export class WeightedSum extends tf.layers.Layer {
  static readonly className = 'WeightedSum';
  readonly config: WeightedSumConfig;
  /** [inputs]. */
  weight: LayerVariable | undefined;

  constructor(config: WeightedSumConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShapes: Shape[]): void {
    const initialiser = tf.initializers.constant({ value: this.config.initialWeight });
    this.weight = this.addWeight('weight', [inputShapes.length], 'float32', initialiser);
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[]): Tensor {
    return tf.tidy(() => {
      const weights = tf.unstack(this.weight!.read());
      return tf.addN(inputs.map((input, at) => tf.mul(input, weights[at]!)));
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}
tf.serialization.registerClass(WeightedSum);
