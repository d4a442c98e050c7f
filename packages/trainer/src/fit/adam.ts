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

/**
 * Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019). Its whole
 * state is the step count and the two moments, all of which can be saved, so that a resumed
 * training continues bit by bit; tfjs's own optimiser recomputes a running product instead.
 */
export class Adam {
  #step = 0;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #moments = new Map<string, { first: Tensor; second: Tensor }>();

  /** @param variables what is trained, under names that stay the same from run to run */
  constructor(variables: ReadonlyMap<string, Variable>) {
    this.#variables = variables;
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
    const rate = (settings.learningRate * Math.sqrt(correction2)) / correction1;
    const scale = tf.tidy(() => clipScale(gradients, settings.clipNorm));
    for (const [name, variable] of this.#variables) {
      const gradient = gradients[variable.name]!;
      const previous = this.#moments.get(name);
      const moments = tf.tidy(() => {
        const scaled = tf.mul(gradient, scale);
        const first = blend(previous?.first, scaled, beta1);
        const second = blend(previous?.second, tf.square(scaled), beta2);
        const decay = variable.rank > 1 ? settings.learningRate * settings.weightDecay : 0;
        const update = tf.div(tf.mul(first, rate), tf.add(tf.sqrt(second), epsilon));
        const decayed = decay > 0 ? tf.mul(variable, 1 - decay) : variable;
        variable.assign(tf.sub(decayed, update));
        return { first, second };
      });
      tf.dispose(previous ? [previous.first, previous.second] : []);
      this.#moments.set(name, moments);
    }
    scale.dispose();
  }

  /** The state as named tensors; they stay owned by the optimiser. */
  getState(): { step: number; tensors: NamedTensorMap } {
    const tensors: NamedTensorMap = {};
    for (const [name, { first, second }] of this.#moments) {
      tensors[`first/${name}`] = first;
      tensors[`second/${name}`] = second;
    }
    return { step: this.#step, tensors };
  }

  /** Takes over a state; the tensors become the optimiser's own. */
  setState({ step, tensors }: { step: number; tensors: NamedTensorMap }): void {
    this.dispose();
    this.#step = step;
    for (const [key, first] of Object.entries(tensors)) {
      if (!key.startsWith('first/')) continue;
      const name = key.slice('first/'.length);
      this.#moments.set(name, { first, second: tensors[`second/${name}`]! });
    }
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { first, second } of this.#moments.values()) tf.dispose([first, second]);
    this.#moments.clear();
  }
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
