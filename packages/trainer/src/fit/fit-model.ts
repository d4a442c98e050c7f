import type { LayersModel } from '@tensorflow/tfjs-node';
import { measureLogLoss } from '../evaluate/calibration.ts';
import { averageRecall, countConfusion, scoreClasses } from '../evaluate/confusion.ts';
import { findLargest } from '../evaluate/predictions.ts';
import { listTrainable } from '../models/named-weights.ts';
import { createRandom } from '../random.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import { Adam } from './adam.ts';
import { drawBatches } from './batches.ts';
import { countDraws, drawEpoch } from './draw-epoch.ts';
import { drawWindows, type WindowDraw } from './draw-windows.ts';
import type { Example } from './example.ts';
import { mixBatch, type TrainingItem } from './mixup.ts';
import { predictProbabilities } from './predict-probabilities.ts';
import { takeStep } from './take-step.ts';
import { createTarget, weighClasses } from './targets.ts';
import { differentiate } from './train-step.ts';
import { TrainingState } from './training-state.ts';

/**
 * What one epoch gave. Losses are means over clips, in nats; those of validation, and its other
 * scores, are null where no clip validates.
 */
export interface EpochLog {
  /** Counted from 1. */
  epoch: number;
  trainLoss: number;
  trainAccuracy: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
  validationUar: number | null;
  durationSec: number;
}

/** How far an epoch is, and what its batches gave so far. */
export interface EpochProgress {
  epoch: number;
  /** Clips seen. */
  clips: number;
  loss: number;
  accuracy: number;
}

/** What a training left behind; the model holds the weights that `keep` says. */
export interface FitResult {
  history: EpochLog[];
  /** The epoch of the weights; the last where they are an average. */
  bestEpoch: number;
}

/** Input of {@link fitModel}. */
export interface FitOptions {
  train: readonly Example[];
  /** May be empty where the settings choose nothing by it: `findValidationNeed`. */
  validation: readonly Example[];
  settings: TrainingSettings;
  /** How many of a training clip's versions, itself and its copies, an epoch takes. Default 1. */
  versionsPerEpoch?: number;
  /** Windows in the place of clips. Default: none. */
  windows?: WindowDraw;
  /** Share of the targets that taught clips have from their teacher. Default 0. */
  teacherShare?: number;
  /** What the learning rate is multiplied by for the weight of a name. Default: 1. */
  rateOf?: (name: string) => number;
  seed: number;
  /** File that training continues from when it is there, and writes after every epoch. */
  checkpointPath?: string;
  /** Called after every epoch. */
  onEpoch?: (log: EpochLog) => void;
  /** Called after every batch. */
  onBatch?: (progress: EpochProgress) => void;
  /** Stops the training after the current batch; the checkpoint stays. */
  signal?: AbortSignal;
}

/**
 * Trains a model with cross-entropy and Adam, and leaves the weights in it that the settings' `keep`
 * says: by default those of the epoch with the best validation UAR (of equals, the lower loss). Every random choice follows from
 * the seed, the epoch and the step, so a training that goes on from its checkpoint ends with the
 * weights of one that was never interrupted.
 *
 * @throws SerError `ABORTED` after the signal, `RUN_INVALID` for an unfit checkpoint,
 *   `TRAINING_DIVERGED` naming the batch's clips where the loss is not finite.
 */
export async function fitModel(model: LayersModel, options: FitOptions): Promise<FitResult> {
  const { settings, checkpointPath } = options;
  const optimiser = new Adam(listTrainable(model), options.rateOf);
  const { keep, epochs } = settings;
  const state = new TrainingState(model, optimiser, { seed: options.seed, keep, epochs });
  try {
    if (checkpointPath) await state.restore(checkpointPath);
    while (state.history.length < settings.epochs && !state.hasStalled(settings.patience)) {
      const log = await runEpoch(model, optimiser, state, options);
      state.add(log);
      if (checkpointPath) await state.save(checkpointPath);
      options.onEpoch?.(log);
    }
    state.restoreBest();
    return { history: state.history, bestEpoch: state.bestEpoch };
  } finally {
    state.dispose();
    optimiser.dispose();
  }
}

async function runEpoch(
  model: LayersModel,
  optimiser: Adam,
  state: TrainingState,
  options: FitOptions,
): Promise<EpochLog> {
  const { settings, train, validation, seed, signal } = options;
  const { versionsPerEpoch = 1, teacherShare = 0, windows } = options;
  const { batchSize, mixup } = settings;
  const epoch = state.history.length + 1;
  const started = performance.now();
  const progress = {
    totalSteps: Math.ceil(countDraws(train, versionsPerEpoch) / batchSize) * settings.epochs,
    validationLosses: state.history.flatMap(({ validationLoss }) => validationLoss ?? []),
  };
  const variables = [...listTrainable(model).values()];
  const classes = (model.outputs[0]!.shape.at(-1) ?? 0) as number;
  const classWeights = weighClasses(train, classes, settings.classWeights);
  const random = createRandom(seed).fork(`epoch ${epoch}`);
  const drawn = drawEpoch(train, { sampling: settings.sampling, versionsPerEpoch, random });
  const chosen = windows
    ? drawWindows(drawn, { ...windows, random: random.fork('windows') })
    : drawn;
  let lossSum = 0;
  let correct = 0;
  let seen = 0;
  for (const batch of drawBatches(chosen, { batchSize, random })) {
    const items = batch.map((example): TrainingItem => {
      const { labelSmoothing } = settings;
      const target = createTarget(example, {
        classes,
        labelSmoothing,
        classWeights,
        teacherShare,
      });
      return { matrix: example.matrix, target };
    });
    const mixed = mixup ? mixBatch(items, mixup, random.fork(`mixup ${optimiser.step}`)) : items;
    const outcome = await takeStep(model, optimiser, {
      ...{ settings, progress, where: `epoch ${epoch}`, signal },
      differentiate: () => differentiate(model, variables, mixed),
      hint: () => `look at the clips of the batch: ${listNames(batch)}`,
    });
    lossSum += outcome.loss * batch.length;
    correct += outcome.correct;
    seen += batch.length;
    options.onBatch?.({ epoch, clips: seen, loss: lossSum / seen, accuracy: correct / seen });
  }
  return {
    epoch,
    trainLoss: lossSum / seen,
    trainAccuracy: correct / seen,
    ...validate(model, validation, batchSize),
    durationSec: (performance.now() - started) / 1000,
  };
}

function listNames(batch: readonly Example[]): string {
  return batch.map(({ name }) => name ?? 'unnamed').join(', ');
}

function validate(model: LayersModel, examples: readonly Example[], batchSize: number) {
  if (examples.length === 0) {
    return { validationLoss: null, validationAccuracy: null, validationUar: null };
  }
  const matrices = examples.map((example) => example.matrix);
  const truth = examples.map((example) => example.label);
  const probabilities = predictProbabilities(model, matrices, batchSize);
  const labels = Array.from(probabilities[0]!, (_, index) => String(index));
  const predicted = probabilities.map(findLargest);
  const hits = truth.filter((label, index) => label === predicted[index]).length;
  const confusion = countConfusion(truth, predicted, labels.length);
  return {
    validationLoss: measureLogLoss({ truth, probabilities, labels }),
    validationAccuracy: hits / truth.length,
    validationUar: averageRecall(scoreClasses(confusion, labels)),
  };
}
