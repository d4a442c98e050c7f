import type {
  LayersModel,
  NamedTensorMap,
  Scalar,
  Tensor,
  Tensor3D,
  Variable,
} from '@tensorflow/tfjs-node';
import { copyWeights, listTrainable, setWeights } from '../models/named-weights.ts';
import { createRandom } from '../random.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import { Adam } from './adam.ts';
import { drawBatches, stackBatch } from './batches.ts';
import { readOwnCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { countDraws, drawEpoch } from './draw-epoch.ts';
import type { Example } from './example.ts';
import { takeStep } from './take-step.ts';
import { addPrefix, selectPrefix } from './training-state.ts';

/** What one epoch of {@link pretrain} gave. */
export interface PretrainingLog {
  /** Counted from 1. */
  epoch: number;
  /** Mean squared error of what was masked; 1 is that of guessing a column's mean. */
  loss: number;
  durationSec: number;
}

/** Input of {@link pretrain}. */
export interface PretrainOptions {
  /** Clips of the training side; their labels are not looked at. */
  train: readonly Example[];
  /** Those of the training that follows, with other epochs. */
  settings: Pick<
    TrainingSettings,
    'epochs' | 'batchSize' | 'learningRate' | 'weightDecay' | 'gradientClipNorm'
  >;
  versionsPerEpoch: number;
  seed: number;
  /** File that it continues from when it is there, and writes after every epoch. */
  checkpointPath: string;
  onEpoch?: (log: PretrainingLog) => void;
  signal?: AbortSignal | undefined;
}

interface StoredState {
  seed: number;
  step: number;
  history: PretrainingLog[];
}

/**
 * Trains a model of `buildFrameModel` to guess masked frames and columns from the rest of the clip
 * (after masked prediction as of Baevski et al. 2020, on features), with a one-cycle schedule.
 * Returns its log; the weights stay in the model.
 *
 * @throws SerError `ABORTED` after the signal, `RUN_INVALID` for an unfit checkpoint,
 *   `TRAINING_DIVERGED` where the loss is not finite.
 */
export async function pretrain(
  model: LayersModel,
  options: PretrainOptions,
): Promise<PretrainingLog[]> {
  const { settings, seed, checkpointPath } = options;
  const optimiser = new Adam(listTrainable(model));
  try {
    const history = await restore(model, optimiser, options);
    while (history.length < settings.epochs) {
      const log = await runEpoch(model, optimiser, { ...options, epoch: history.length + 1 });
      history.push(log);
      const weights = copyWeights(model);
      const { step, tensors } = optimiser.getState();
      await writeCheckpoint<StoredState>(checkpointPath, {
        state: { seed, step, history },
        tensors: { ...addPrefix(weights, 'model/'), ...addPrefix(tensors, 'adam/') },
      });
      tf.dispose([weights, tensors]);
      options.onEpoch?.(log);
    }
    return history;
  } finally {
    optimiser.dispose();
  }
}

async function restore(
  model: LayersModel,
  optimiser: Adam,
  { checkpointPath, seed }: PretrainOptions,
): Promise<PretrainingLog[]> {
  const checkpoint = await readOwnCheckpoint<StoredState>(checkpointPath, seed);
  if (!checkpoint) return [];
  const { state, tensors } = checkpoint;
  const weights = selectPrefix(tensors, 'model/');
  setWeights(model, weights);
  tf.dispose(weights);
  optimiser.setState({ step: state.step, tensors: selectPrefix(tensors, 'adam/') });
  return state.history;
}

async function runEpoch(
  model: LayersModel,
  optimiser: Adam,
  { train, settings, versionsPerEpoch, seed, epoch, signal }: PretrainOptions & { epoch: number },
): Promise<PretrainingLog> {
  const started = performance.now();
  const { batchSize, epochs } = settings;
  const random = createRandom(seed).fork(`pretraining ${epoch}`);
  const chosen = drawEpoch(train, { sampling: 'every-clip', versionsPerEpoch, random });
  const totalSteps = Math.ceil(countDraws(train, versionsPerEpoch) / batchSize) * epochs;
  const variables = [...listTrainable(model).values()];
  let lossSum = 0;
  for (const batch of drawBatches(chosen, { batchSize, random })) {
    const { loss } = await takeStep(model, optimiser, {
      settings: { ...settings, schedule: 'one-cycle' },
      progress: { totalSteps, validationLosses: [] },
      differentiate: () => differentiate(model, variables, batch),
      where: `epoch ${epoch} of pretraining`,
      signal,
    });
    lossSum += loss * batch.length;
  }
  const durationSec = (performance.now() - started) / 1000;
  return { epoch, loss: lossSum / chosen.length, durationSec };
}

function differentiate(
  model: LayersModel,
  variables: Variable[],
  batch: readonly Example[],
): { loss: number; gradients: NamedTensorMap } {
  const { value, grads } = tf.tidy(() => {
    const inputs = stackBatch(batch.map(({ matrix }) => matrix));
    return tf.variableGrads(() => {
      const outputs = model.apply([...inputs], { training: true });
      return measureMaskedError(outputs as Tensor3D[]);
    }, variables);
  });
  const loss = value.dataSync()[0]!;
  value.dispose();
  return { loss, gradients: grads };
}

/** The mean over members of the mean squared error where what a member sees is not what is. */
function measureMaskedError([frames, ...ofMembers]: Tensor3D[]): Scalar {
  const errors: Tensor[] = [];
  for (let at = 0; at < ofMembers.length; at += 2) {
    const [seen, guess] = [ofMembers[at]!, ofMembers[at + 1]!];
    const isMasked = tf.cast(tf.notEqual(seen, frames!), 'float32');
    const squares = tf.mul(isMasked, tf.squaredDifference(guess, frames!));
    errors.push(tf.div(tf.sum(squares), tf.maximum(1, tf.sum(isMasked))));
  }
  return tf.div(tf.addN(errors), errors.length) as Scalar;
}
