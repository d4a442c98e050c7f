import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor2D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

/** Added to a variance; Keras's default. */
const epsilon = 1e-3;
/** What a step leaves of the moving statistics. */
const momentum = 0.98;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) that is exactly masked: in training every column is
 * brought to mean 0 and variance 1 over the batch's own frames, padding left out, and in a
 * prediction by the moving average of those statistics; then it is multiplied by a learned scale
 * and moved by a learned offset. Inputs: a sequence [batch, frames, width] and its
 * {@link FrameMask}.
 */
export class BatchNormalisation extends tf.layers.Layer {
  static readonly className = 'BatchNormalisation';
  scale: LayerVariable | undefined;
  offset: LayerVariable | undefined;
  movingMean: LayerVariable | undefined;
  movingVariance: LayerVariable | undefined;

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override build(inputShapes: Shape[]): void {
    const width = [inputShapes[0]!.at(-1)!];
    const add = (name: string, initialiser: 'zeros' | 'ones', trained: boolean): LayerVariable =>
      this.addWeight(name, width, 'float32', tf.initializers[initialiser](), undefined, trained);
    this.scale = add('scale', 'ones', true);
    this.offset = add('offset', 'zeros', true);
    this.movingMean = add('moving_mean', 'zeros', false);
    this.movingVariance = add('moving_variance', 'ones', false);
    super.build(inputShapes);
  }

  override computeOutputShape(inputShapes: Shape[]): Shape {
    return inputShapes[0]!;
  }

  override call(inputs: Tensor[], options: { training?: boolean }): Tensor {
    return tf.tidy(() => {
      const [x, mask] = inputs as [Tensor3D, Tensor3D];
      if (!options.training) {
        const { scale, offset } = this.foldStatistics();
        return tf.add(tf.mul(x, scale), offset);
      }
      const { value, mean, variance } = this.normaliseBatch(x, tf.reshape(mask, [-1, 1]));
      blend(this.movingMean!, mean);
      blend(this.movingVariance!, variance);
      return value;
    });
  }

  /** The factor and the addend [width] that a prediction gives each column. */
  foldStatistics(): { scale: Tensor; offset: Tensor } {
    const inverse = tf.rsqrt(tf.add(this.movingVariance!.read(), epsilon));
    const scale = tf.mul(this.scale!.read(), inverse);
    const offset = tf.sub(this.offset!.read(), tf.mul(this.movingMean!.read(), scale));
    return { scale, offset };
  }

  /** Its own gradient takes a third of the operations that differentiating each of them would. */
  private normaliseBatch(
    x: Tensor3D,
    mask: Tensor2D,
  ): { value: Tensor; mean: Tensor; variance: Tensor } {
    let statistics: { mean: Tensor; variance: Tensor } | undefined;
    const normalise = tf.customGrad((...given) => {
      const [values, scale, offset, save] = given as unknown as [
        ...[Tensor, Tensor, Tensor],
        (tensors: Tensor[]) => void,
      ];
      const rows = flatten(values);
      const mean = averageFrames(rows, mask);
      const centred: Tensor2D = tf.sub(rows, mean);
      const variance = averageFrames(tf.square(centred), mask);
      statistics = { mean: tf.keep(mean), variance: tf.keep(variance) };
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const normalised = tf.mul(centred, inverse);
      save([normalised, inverse, scale, mask]);
      const value = tf.reshape(tf.add(tf.mul(normalised, scale), offset), values.shape);
      return { value, gradFunc: differentiate };
    });
    return { value: normalise(x, this.scale!.read(), this.offset!.read()), ...statistics! };
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(BatchNormalisation);

function differentiate(gradient: Tensor, saved: Tensor[]): Tensor[] {
  const [normalised, inverse, scale, mask] = saved as [Tensor2D, Tensor2D, Tensor, Tensor2D];
  const rows = flatten(gradient);
  const product = tf.mul(rows, normalised) as Tensor2D;
  const along = tf.mul(normalised, averageFrames(product, mask));
  const common = tf.mul(tf.add(along, averageFrames(rows, mask)), mask);
  return [
    tf.reshape(tf.mul(tf.sub(rows, common), tf.mul(inverse, scale)), gradient.shape),
    tf.reshape(sumFrames(product, mask), scale.shape),
    tf.reshape(sumFrames(rows, mask), scale.shape),
  ];
}

// A product with the mask sums faster than tf.sum.
function sumFrames(rows: Tensor2D, mask: Tensor2D): Tensor2D {
  return tf.matMul(mask, rows, true);
}

function averageFrames(rows: Tensor2D, mask: Tensor2D): Tensor2D {
  return tf.div(sumFrames(rows, mask), tf.sum(mask));
}

function flatten(x: Tensor): Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}

/** Moves a statistic towards the batch's own, which is freed. */
function blend(moving: LayerVariable, current: Tensor): void {
  const next = tf.tidy(() =>
    tf.add(
      tf.mul(moving.read(), momentum),
      tf.mul(tf.reshape(current, moving.shape as number[]), 1 - momentum),
    ),
  );
  moving.write(next);
  tf.dispose([next, current]);
}
