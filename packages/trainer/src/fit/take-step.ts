import { SerError } from '@ser/dsp-wasm';
import type { LayersModel, NamedTensorMap } from '@tensorflow/tfjs-node';
import { setTrainingStep } from '../models/named-weights.ts';
import type { TrainingSettings } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import type { Adam } from './adam.ts';
import { scheduleLearningRate, type TrainingProgress } from './learning-rate.ts';

/** What {@link takeStep} does a step with. */
export interface StepOptions<T> {
  settings: Pick<
    TrainingSettings,
    'learningRate' | 'schedule' | 'weightDecay' | 'gradientClipNorm'
  >;
  progress: Omit<TrainingProgress, 'step'>;
  /** Runs the model forward and backward over the step's batch. */
  differentiate: () => T;
  /** Names the step in an error, such as `epoch 3`. */
  where: string;
  /** What else may help where the loss is not finite. */
  hint?: () => string;
  signal?: AbortSignal | undefined;
}

/**
 * Takes one step of a training at the schedule's learning rate, and lets signals and timers through
 * afterwards: the kernels run synchronously. Returns what `differentiate` gave.
 *
 * @throws SerError `TRAINING_DIVERGED` where the loss is not finite, before the weights change;
 *   `ABORTED` after the signal.
 */
export async function takeStep<T extends { loss: number; gradients: NamedTensorMap }>(
  model: LayersModel,
  optimiser: Adam,
  { settings, progress, differentiate, where, hint, signal }: StepOptions<T>,
): Promise<Omit<T, 'gradients'>> {
  const { step } = optimiser;
  setTrainingStep(model, step);
  const { gradients, ...outcome } = differentiate();
  try {
    if (!Number.isFinite(outcome.loss)) {
      const more = hint ? `, or ${hint()}` : '';
      throw new SerError(
        'TRAINING_DIVERGED',
        `The loss became ${outcome.loss} in ${where}; lower the learning rate${more}.`,
      );
    }
    optimiser.apply(gradients, {
      learningRate: scheduleLearningRate(settings, { step, ...progress }),
      weightDecay: settings.weightDecay,
      clipNorm: settings.gradientClipNorm,
    });
  } finally {
    tf.dispose(gradients);
  }
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw new SerError('ABORTED', `Training was stopped in ${where}.`);
  return outcome;
}
