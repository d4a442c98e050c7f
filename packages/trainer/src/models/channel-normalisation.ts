import type { LayerVariable, Shape, serialization, Tensor, Tensor2D } from '@tensorflow/tfjs-node';
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
      return normaliseChannels(x, this.scale!.read(), this.offset!.read());
    });
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(ChannelNormalisation);

/** Its own gradient takes a third of the operations that differentiating each of them would. */
function normaliseChannels(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const normalise = tf.customGrad((...inputs) => {
    const [values, factor, added, save] = inputs as unknown as [Tensor, Tensor, Tensor, GradSaver];
    const rows = flatten(values);
    const centred: Tensor2D = tf.sub(rows, averageRows(rows));
    const inverse = tf.rsqrt(tf.add(averageRows(tf.square(centred)), epsilon));
    const normalised = tf.mul(centred, inverse);
    save([normalised, inverse, factor]);
    const value = tf.reshape(tf.add(tf.mul(normalised, factor), added), values.shape);
    return { value, gradFunc: differentiate };
  });
  return normalise(x, scale, offset);
}

type GradSaver = (tensors: Tensor[]) => void;

function differentiate(gradient: Tensor, saved: Tensor[]): Tensor[] {
  const [normalised, inverse, scale] = saved as [Tensor2D, Tensor2D, Tensor];
  const rows = flatten(gradient);
  const scaled = tf.mul(rows, scale) as Tensor2D;
  const along = tf.mul(normalised, averageRows(tf.mul(scaled, normalised)));
  const across = tf.sub(tf.sub(scaled, averageRows(scaled)), along);
  return [
    tf.reshape(tf.mul(across, inverse), gradient.shape),
    sumColumns(tf.mul(rows, normalised)),
    sumColumns(rows),
  ];
}

function flatten(x: Tensor): Tensor2D {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}

// Products with ones sum faster than tf.mean and tf.sum.
function averageRows(x: Tensor2D): Tensor2D {
  return tf.matMul(x, tf.fill([x.shape[1], 1], 1 / x.shape[1]));
}

function sumColumns(x: Tensor2D): Tensor {
  return tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x), [x.shape[1]]);
}
