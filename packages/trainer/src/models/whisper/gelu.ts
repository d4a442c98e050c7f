import type { Shape, serialization, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../tensorflow/tf.ts';

/**
 * The Gaussian error linear unit (Hendrycks and Gimpel 2016), exactly: x Φ(x), where
 * Φ(x) = (1 + erf(x / √2)) / 2. Any shape.
 */
export class Gelu extends tf.layers.Layer {
  static readonly className = 'Gelu';

  constructor(config: { name: string }) {
    super({ name: config.name });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => activate(Array.isArray(inputs) ? inputs[0]! : inputs));
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig() };
  }
}
tf.serialization.registerClass(Gelu);

type GradSaver = (tensors: Tensor[]) => void;

/** Its own gradient shares what the value took, which tfjs would compute anew. */
function activate(x: Tensor): Tensor {
  return tf.customGrad((...inputs) => {
    const [values, save] = inputs as unknown as [Tensor, GradSaver];
    const scaled = tf.mul(values, Math.SQRT1_2);
    const share = tf.add(tf.mul(tf.erf(scaled), 0.5), 0.5);
    save([scaled, share]);
    return { value: tf.mul(values, share), gradFunc: differentiate };
  })(x);
}

/** The derivative is Φ(x) + x φ(x); with s = x / √2 the second term is s exp(-s²) / √π. */
function differentiate(gradient: Tensor, saved: Tensor[]): Tensor {
  const [scaled, share] = saved as [Tensor, Tensor];
  const density = tf.exp(tf.sub(-Math.log(Math.PI) / 2, tf.square(scaled)));
  return tf.mul(gradient, tf.add(share, tf.mul(scaled, density)));
}
