import type {
  LayerVariable,
  Shape,
  serialization,
  Tensor,
  Tensor2D,
  Tensor3D,
} from '@tensorflow/tfjs-node';
import { statelessUniform } from '../../tensorflow/kernels.ts';
import { tf } from '../../tensorflow/tf.ts';

/** A change of a matrix that has few weights of its own. */
export interface LowRankSettings {
  /** Rows of A and columns of B. */
  rank: number;
  /** The change is B A times alpha / rank, so that another rank needs no other learning rate. */
  alpha: number;
}

/** Settings of {@link Projection}. */
export interface ProjectionConfig {
  name: string;
  units: number;
  hasBias: boolean;
  /** Null: none. */
  lowRank: LowRankSettings | null;
  seed: number;
}

/**
 * A linear map of every frame, x Wᵀ + b, and beside it, where asked for, a low-rank change of W:
 * W + alpha / rank · B A (LoRA, Hu et al. 2022), with A random and B zero, so that it begins as none.
 * Input: [batch, frames, inputs]. Output: [batch, frames, units]. Matrices stand as PyTorch's
 * `Linear` holds them, [units, inputs].
 */
export class Projection extends tf.layers.Layer {
  static readonly className = 'Projection';
  readonly config: ProjectionConfig;
  weight: LayerVariable | undefined;
  bias: LayerVariable | undefined;
  lowRank: { a: LayerVariable; b: LayerVariable } | undefined;

  constructor(config: ProjectionConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShape: Shape): void {
    const { units, hasBias, lowRank, seed } = this.config;
    const inputs = inputShape.at(-1)!;
    const add = (name: string, shape: number[]): LayerVariable =>
      this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    const addRandom = (name: string, shape: [number, number], change: number): LayerVariable => {
      const weight = add(name, shape);
      const values = drawUniform(shape, seed ^ change);
      weight.write(values);
      values.dispose();
      return weight;
    };
    this.weight = addRandom('weight', [units, inputs], 0);
    if (hasBias) this.bias = add('bias', [units]);
    if (lowRank) {
      const a = addRandom('lora_a', [lowRank.rank, inputs], 1);
      this.lowRank = { a, b: add('lora_b', [units, lowRank.rank]) };
    }
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -1), this.config.units];
  }

  // Of single operations, since tfjs's fused ones differentiate frozen weights too.
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor3D;
      const [batch, frames, width] = x.shape;
      const rows = tf.reshape(x, [-1, width]) as Tensor2D;
      let product: Tensor = project(rows, this.weight!);
      if (this.bias) product = tf.add(product, this.bias.read());
      if (this.lowRank) {
        const change = project(project(rows, this.lowRank.a), this.lowRank.b);
        product = tf.add(product, tf.mul(change, this.#changeScale));
      }
      return tf.reshape(product, [batch, frames, this.config.units]);
    });
  }

  /** The matrix with its low-rank change in it, [units, inputs]; the caller owns it. */
  mergeWeight(): Tensor2D {
    return tf.tidy(() => {
      const weight = this.weight!.read() as Tensor2D;
      if (!this.lowRank) return weight.clone();
      const { a, b } = this.lowRank;
      const change = tf.matMul(b.read() as Tensor2D, a.read() as Tensor2D);
      return tf.add(weight, tf.mul(change, this.#changeScale)) as Tensor2D;
    });
  }

  get #changeScale(): number {
    const { alpha, rank } = this.config.lowRank!;
    return alpha / rank;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config } as unknown as serialization.ConfigDict;
  }
}
tf.serialization.registerClass(Projection);

function project(rows: Tensor2D, weight: LayerVariable): Tensor2D {
  return tf.matMul(rows, weight.read() as Tensor2D, false, true);
}

/** PyTorch's initial weights of `Linear`, and LoRA's of A: up to ±√(1 / inputs). */
function drawUniform(shape: [number, number], seed: number): Tensor {
  return tf.tidy(() => {
    const limit = Math.sqrt(1 / shape[1]);
    return tf.sub(tf.mul(statelessUniform(shape, [seed, 0]), 2 * limit), limit);
  });
}
