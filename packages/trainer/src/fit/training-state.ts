import type { LayersModel, NamedTensorMap } from '@tensorflow/tfjs-node';
import { copyWeights, setWeights } from '../models/named-weights.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import type { Adam } from './adam.ts';
import { readOwnCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { EpochLog } from './fit-model.ts';

/** The part of the state that is plain JSON. */
interface StoredState {
  seed: number;
  step: number;
  history: EpochLog[];
  bestEpoch: number;
}

/** Share of the epochs whose weights `keep: 'average'` averages. */
const averagedShare = 0.25;

/** How far a training has come: its log, its best weights, and the way to a file and back. */
export class TrainingState {
  readonly history: EpochLog[] = [];
  /** Counted from 1; 0 before the first epoch. */
  bestEpoch = 0;
  readonly #model: LayersModel;
  readonly #optimiser: Adam;
  readonly #seed: number;
  readonly #settings: Pick<TrainingSettings, 'keep' | 'epochs'>;
  #best: NamedTensorMap;

  constructor(
    model: LayersModel,
    optimiser: Adam,
    { seed, ...settings }: { seed: number } & Pick<TrainingSettings, 'keep' | 'epochs'>,
  ) {
    this.#model = model;
    this.#optimiser = optimiser;
    this.#seed = seed;
    this.#settings = settings;
    this.#best = copyWeights(model);
  }

  /** Takes over what `path` holds; a file that is not there changes nothing. */
  async restore(path: string): Promise<void> {
    const checkpoint = await readOwnCheckpoint<StoredState>(path, this.#seed);
    if (!checkpoint) return;
    const { state, tensors } = checkpoint;
    this.history.push(...state.history);
    this.bestEpoch = state.bestEpoch;
    const current = selectPrefix(tensors, 'model/');
    setWeights(this.#model, current);
    tf.dispose([current, this.#best]);
    this.#best = selectPrefix(tensors, 'best/');
    this.#optimiser.setState({ step: state.step, tensors: selectPrefix(tensors, 'adam/') });
  }

  /** Writes the state so that {@link restore} continues from here. */
  async save(path: string): Promise<void> {
    const current = copyWeights(this.#model);
    const { step, tensors } = this.#optimiser.getState();
    const state: StoredState = {
      seed: this.#seed,
      step,
      history: this.history,
      bestEpoch: this.bestEpoch,
    };
    await writeCheckpoint(path, {
      state,
      tensors: {
        ...addPrefix(current, 'model/'),
        ...addPrefix(this.#best, 'best/'),
        ...addPrefix(tensors, 'adam/'),
      },
    });
    tf.dispose([current, tensors]);
  }

  /** Adds an epoch, and keeps its weights as `keep` says. */
  add(log: EpochLog): void {
    this.history.push(log);
    const { keep } = this.#settings;
    if (keep === 'best' && !isBetter(log, this.history[this.bestEpoch - 1])) return;
    this.bestEpoch = log.epoch;
    const current = copyWeights(this.#model);
    const averaged = keep === 'average' ? this.#countAveraged(log.epoch) : 1;
    if (averaged > 1) moveTowards(current, this.#best, 1 - 1 / averaged);
    tf.dispose(this.#best);
    this.#best = current;
  }

  /** Epochs up to `epoch` whose weights are averaged; none before the last quarter. */
  #countAveraged(epoch: number): number {
    const { epochs } = this.#settings;
    return epoch - epochs + Math.ceil(epochs * averagedShare);
  }

  /** True after `patience` epochs without a better one. */
  hasStalled(patience: number | null): boolean {
    return patience !== null && this.history.length - this.bestEpoch >= patience;
  }

  /** Puts the best weights into the model. */
  restoreBest(): void {
    setWeights(this.#model, this.#best);
  }

  /** Frees the kept weights. */
  dispose(): void {
    tf.dispose(this.#best);
  }
}

/** Moves tensors by `share` of their way to those of the same names. */
function moveTowards(tensors: NamedTensorMap, targets: NamedTensorMap, share: number): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    const target = targets[name]!;
    tensors[name] = tf.tidy(() => tf.add(tensor, tf.mul(tf.sub(target, tensor), share)));
    tensor.dispose();
  }
}

function isBetter(log: EpochLog, best: EpochLog | undefined): boolean {
  if (!best) return true;
  const [uar, bestUar] = [log.validationUar!, best.validationUar!];
  return uar === bestUar ? log.validationLoss! < best.validationLoss! : uar > bestUar;
}

/** The tensors whose names start with `prefix`, without it. */
export function selectPrefix(tensors: NamedTensorMap, prefix: string): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** The tensors under names that start with `prefix`. */
export function addPrefix(tensors: NamedTensorMap, prefix: string): NamedTensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]),
  );
}
