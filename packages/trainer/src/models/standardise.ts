import type { LayerVariable, Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';
import type { FeatureStatistics } from './feature-statistics.ts';

/**
 * Subtracts a mean and divides by a standard deviation, column by column. The statistics are
 * weights that are not trained, so that they are saved and exported with the model.
 */
export class Standardise extends tf.layers.Layer {
  static readonly className = 'Standardise';
  mean: LayerVariable | undefined;
  inverseDeviation: LayerVariable | undefined;

  constructor(config: { name: string }) {
    super({ name: config.name, trainable: false });
  }

  override build(inputShape: Shape): void {
    const width = [inputShape.at(-1) as number];
    const add = (name: string, initialiser: 'zeros' | 'ones'): LayerVariable =>
      this.addWeight(name, width, 'float32', tf.initializers[initialiser](), undefined, false);
    this.mean = add('mean', 'zeros');
    this.inverseDeviation = add('inverse_deviation', 'ones');
    super.build(inputShape);
  }

  /** Takes over statistics of the training clips. */
  setStatistics({ mean, deviation }: FeatureStatistics): void {
    tf.tidy(() => {
      this.mean?.write(tf.tensor1d(mean));
      this.inverseDeviation?.write(tf.tensor1d(deviation.map((value) => 1 / value)));
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tf.mul(tf.sub(x, this.mean!.read()), this.inverseDeviation!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(Standardise);
