import { SerError } from '@ser/dsp-wasm';
import type {
  LayersModel,
  NamedTensorMap,
  Scalar,
  Tensor2D,
  Variable,
} from '@tensorflow/tfjs-node';
import { measureLogLoss } from '../evaluate/calibration.ts';
import { averageRecall, countConfusion, scoreClasses } from '../evaluate/confusion.ts';
import { findLargest } from '../evaluate/predictions.ts';
import { listTrainable, setTrainingStep } from '../models/named-weights.ts';
import { createRandom } from '../random.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import { Adam } from './adam.ts';
import { drawBatches, type Example, stackBatch } from './batches.ts';
import { scheduleLearningRate } from './learning-rate.ts';
import { predictProbabilities } from './predict-probabilities.ts';
import { TrainingState } from './training-state.ts';

/** What one epoch gave. Losses are means over clips, in nats. */
export interface EpochLog {
  /** Counted from 1. */
  epoch: number;
  trainLoss: number;
  trainAccuracy: number;
  validationLoss: number;
  validationAccuracy: number;
  validationUar: number;
  durationSec: number;
}

/** What a training left behind; the model holds the weights of `bestEpoch`. */
export interface FitResult {
  history: EpochLog[];
  bestEpoch: number;
}

/** Input of {@link fitModel}. */
export interface FitOptions {
  train: readonly Example[];
  validation: readonly Example[];
  settings: TrainingSettings;
  seed: number;
  /** File that training continues from when it is there, and writes after every epoch. */
  checkpointPath?: string;
  /** Called after every epoch. */
  onEpoch?: (log: EpochLog) => void;
  /** Called after every batch, with the number of clips seen in this epoch. */
  onBatch?: (clips: number, epoch: number) => void;
  /** Stops the training after the current batch; the checkpoint stays. */
  signal?: AbortSignal;
}

/**
 * Trains a model with cross-entropy and Adam, and leaves the weights of the epoch with the best
 * validation UAR (of equals, the one with the lower loss) in it. Every random choice follows from
 * the seed, the epoch and the step, so a training that goes on from its checkpoint ends with the
 * weights of one that was never interrupted.
 *
 * @throws SerError `ABORTED` after the signal, `RUN_INVALID` for an unfit checkpoint.
 */
export async function fitModel(model: LayersModel, options: FitOptions): Promise<FitResult> {
  const { settings, checkpointPath } = options;
  const optimiser = new Adam(listTrainable(model));
  const state = new TrainingState(model, optimiser, options.seed);
  try {
    if (checkpointPath) await state.restore(checkpointPath);
    while (state.history.length < settings.epochs && !state.hasStalled(settings.patience)) {
      const log = await runEpoch(model, optimiser, state.history.length + 1, options);
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
  epoch: number,
  options: FitOptions,
): Promise<EpochLog> {
  const { settings, train, validation, seed, signal } = options;
  const started = performance.now();
  const totalSteps = Math.ceil(train.length / settings.batchSize) * settings.epochs;
  const variables = [...listTrainable(model).values()];
  const random = createRandom(seed).fork(`epoch ${epoch}`);
  let lossSum = 0;
  let correct = 0;
  let seen = 0;
  for (const batch of drawBatches(train, { batchSize: settings.batchSize, random })) {
    setTrainingStep(model, optimiser.step);
    const outcome = differentiate(model, variables, batch, settings.labelSmoothing);
    optimiser.apply(outcome.gradients, {
      learningRate: scheduleLearningRate(settings, optimiser.step, totalSteps),
      weightDecay: settings.weightDecay,
      clipNorm: settings.gradientClipNorm,
    });
    tf.dispose(outcome.gradients);
    lossSum += outcome.loss * batch.length;
    correct += outcome.correct;
    seen += batch.length;
    options.onBatch?.(seen, epoch);
    // Lets signals and timers through: the kernels run synchronously.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw new SerError('ABORTED', `Training was stopped in epoch ${epoch}.`);
  }
  return {
    epoch,
    trainLoss: lossSum / seen,
    trainAccuracy: correct / seen,
    ...validate(model, validation, settings.batchSize),
    durationSec: (performance.now() - started) / 1000,
  };
}

function validate(model: LayersModel, examples: readonly Example[], batchSize: number) {
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

function differentiate(
  model: LayersModel,
  variables: Variable[],
  batch: readonly Example[],
  labelSmoothing: number,
): { loss: number; correct: number; gradients: NamedTensorMap } {
  let correct = 0;
  const { value, grads } = tf.tidy(() => {
    const inputs = stackBatch(batch.map((example) => example.matrix));
    const labels = tf.tensor1d(
      batch.map((example) => example.label),
      'int32',
    );
    return tf.variableGrads(() => {
      const logits = model.apply([...inputs], { training: true }) as Tensor2D;
      correct = tf.sum(tf.equal(tf.argMax(logits, 1), labels)).dataSync()[0]!;
      const targets = tf.oneHot(labels, logits.shape[1]);
      return tf.losses.softmaxCrossEntropy(targets, logits, undefined, labelSmoothing) as Scalar;
    }, variables);
  });
  const loss = value.dataSync()[0]!;
  value.dispose();
  return { loss, correct, gradients: grads };
}
