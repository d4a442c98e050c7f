import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { Random } from '../random.ts';
import { tf } from '../tensorflow/tf.ts';
import { ChannelNormalisation } from './channel-normalisation.ts';
import { SeededDropout } from './seeded-dropout.ts';

/** What a layer is told apart by, and what it draws its random numbers from. */
export interface LayerIdentity {
  name: string;
  seed: number;
}

/** A sequence of frames, and how many of them are each clip's own. */
export interface SymbolicSequence {
  /** [batch, frames, width]. */
  x: SymbolicTensor;
  /** [batch]. */
  lengths: SymbolicTensor;
}

type Layer = InstanceType<typeof tf.layers.Layer>;

/** Adds the layers of one network of an ensemble, each with a name and a seed that follows from it. */
export class MemberBuilder {
  readonly #prefix: string;
  readonly #dropoutRate: number;
  readonly #random: Random;

  constructor(options: { prefix: string; dropoutRate: number; random: Random }) {
    this.#prefix = options.prefix;
    this.#dropoutRate = options.dropoutRate;
    this.#random = options.random;
  }

  /** Applies the layer that `create` makes. */
  add(
    name: string,
    inputs: SymbolicTensor | SymbolicTensor[],
    create: (identity: LayerIdentity) => Layer,
  ): SymbolicTensor {
    const full = this.#prefix + name;
    const layer = create({ name: full, seed: this.#random.fork(full).integer(2 ** 31) });
    return layer.apply(inputs) as SymbolicTensor;
  }

  addDropout(name: string, input: SymbolicTensor): SymbolicTensor {
    const rate = this.#dropoutRate;
    return this.add(name, input, (identity) => new SeededDropout({ ...identity, rate }));
  }

  addNormalisation(name: string, input: SymbolicTensor): SymbolicTensor {
    return this.add(name, input, (identity) => new ChannelNormalisation(identity));
  }

  addRelu(name: string, input: SymbolicTensor): SymbolicTensor {
    return this.add(name, input, (identity) => tf.layers.reLU({ name: identity.name }));
  }

  addSum(name: string, inputs: SymbolicTensor[]): SymbolicTensor {
    return this.add(name, inputs, (identity) => tf.layers.add({ name: identity.name }));
  }

  addDense(
    name: string,
    input: SymbolicTensor,
    { units, activation = 'linear' }: { units: number; activation?: 'relu' | 'linear' },
  ): SymbolicTensor {
    return this.add(name, input, (identity) => {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: identity.seed });
      return tf.layers.dense({ name: identity.name, units, activation, kernelInitializer });
    });
  }
}
