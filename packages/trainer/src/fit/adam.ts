import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs-node';
import { tf } from '../tensorflow/tf.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-7;

/** Settings of one step of {@link Adam}. */
export interface AdamStep {
  learningRate: number;
  /** Decoupled weight decay, applied to matrices only, not to biases. */
  weightDecay: number;
  /** Largest global norm of the gradient; null: not clipped. */
  clipNorm: number | null;
}

/** Variables that are treated alike. Joined, their values are one tensor of rank 1. */
interface ParameterGroup {
  /** By the name that they have in a state. */
  variables: ReadonlyMap<string, Variable>;
  decays: boolean;
  /** What the learning rate is multiplied by. */
  rate: number;
  /** Of the joined gradients; none before the first step. */
  moments?: { first: Tensor; second: Tensor };
}

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019). Its whole
 * state is the step count and the two moments, all of which can be saved, so that a resumed
 * training continues bit by bit; tfjs's own optimiser recomputes a running product instead. All
 * variables of a group are changed at once, since many small operations cost more than a few large.
 */
export class Adam {
  #step = 0;
  readonly #groups: ParameterGroup[];

  /**
   * @param variables what is trained, under names that stay the same from run to run
   * @param rateOf what the learning rate is multiplied by for the variable of a name. Default: 1
   */
  constructor(
    variables: ReadonlyMap<string, Variable>,
    rateOf: (name: string) => number = () => 1,
  ) {
    const rates = new Set([...variables.keys()].map(rateOf));
    this.#groups = [true, false].flatMap((decays) =>
      [...rates].flatMap((rate) => {
        const members = [...variables].filter(
          ([name, { rank }]) => rank > 1 === decays && rateOf(name) === rate,
        );
        return members.length > 0 ? [{ variables: new Map(members), decays, rate }] : [];
      }),
    );
  }

  /** Number of steps taken. */
  get step(): number {
    return this.#step;
  }

  /** Applies one step. `gradients` holds a tensor a variable, under `variable.name`. */
  apply(gradients: NamedTensorMap, settings: AdamStep): void {
    this.#step++;
    const correction1 = 1 - beta1 ** this.#step;
    const correction2 = 1 - beta2 ** this.#step;
    const scale = tf.tidy(() => clipScale(gradients, settings.clipNorm));
    for (const group of this.#groups) {
      const { decays, moments: previous } = group;
      const learningRate = settings.learningRate * group.rate;
      const rate = (learningRate * Math.sqrt(correction2)) / correction1;
      const variables = [...group.variables.values()];
      group.moments = tf.tidy(() => {
        const gradient = join(variables.map(({ name }) => gradients[name]!));
        const scaled = tf.mul(gradient, scale);
        const first = blend(previous?.first, scaled, beta1);
        const second = blend(previous?.second, tf.square(scaled), beta2);
        const decay = decays ? learningRate * settings.weightDecay : 0;
        const update = tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), epsilon));
        const weights = join(variables);
        const decayed = decay > 0 ? tf.mul(weights, 1 - decay) : weights;
        const updated = part(tf.sub(decayed, update), variables);
        variables.forEach((variable, at) => {
          variable.assign(updated[at]!);
        });
        return { first, second };
      });
      disposeMoments(previous);
    }
    scale.dispose();
  }

  /** The state as named tensors, which the caller owns. */
  getState(): { step: number; tensors: NamedTensorMap } {
    const tensors: NamedTensorMap = {};
    for (const { variables, moments } of this.#groups) {
      if (!moments) continue;
      const names = [...variables.keys()];
      for (const moment of ['first', 'second'] as const) {
        const parts = tf.tidy(() => part(moments[moment], [...variables.values()]));
        names.forEach((name, at) => {
          tensors[`${moment}/${name}`] = parts[at]!;
        });
      }
    }
    return { step: this.#step, tensors };
  }

  /** Takes over a state, and frees its tensors. */
  setState({ step, tensors }: { step: number; tensors: NamedTensorMap }): void {
    this.dispose();
    this.#step = step;
    if (step > 0) {
      for (const group of this.#groups) {
        const names = [...group.variables.keys()];
        const joinMoments = (moment: string): Tensor =>
          join(names.map((name) => tensors[`${moment}/${name}`]!));
        group.moments = { first: joinMoments('first'), second: joinMoments('second') };
      }
    }
    tf.dispose(tensors);
  }

  /** Frees the moments. */
  dispose(): void {
    for (const group of this.#groups) {
      disposeMoments(group.moments);
      delete group.moments;
    }
  }
}

function disposeMoments(moments: ParameterGroup['moments']): void {
  if (moments) tf.dispose([moments.first, moments.second]);
}

/** The values of tensors, one after the other. */
function join(tensors: readonly Tensor[]): Tensor {
  return tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]))));
}

/** The parts of a joined tensor, in the shapes of what was joined. */
function part(joined: Tensor, shapes: readonly Tensor[]): Tensor[] {
  const sizes = shapes.map(({ size }) => size);
  return tf.split(joined, sizes).map((values, at) => tf.reshape(values, shapes[at]!.shape));
}

function blend(previous: Tensor | undefined, current: Tensor, share: number): Tensor {
  const weighted = tf.mul(current, 1 - share);
  return previous ? tf.add(tf.mul(previous, share), weighted) : weighted;
}

/** The factor that brings the gradients' global norm down to `clipNorm`; 1 where it is smaller. */
function clipScale(gradients: NamedTensorMap, clipNorm: number | null): Tensor {
  if (clipNorm === null) return tf.scalar(1);
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.minimum(1, tf.div(clipNorm, tf.add(norm, epsilon)));
}
