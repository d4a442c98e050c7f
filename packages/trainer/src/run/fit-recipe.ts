import { join } from 'node:path';
import { defaultWindowSec } from '@ser/runtime/core';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { type FitOptions, type FitResult, fitModel } from '../fit/fit-model.ts';
import { createRandom } from '../random.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import { runFiles } from './run-folder.ts';

/** Input of {@link fitRecipe}: what the recipe and the run folder do not say. */
export type FitRecipeOptions = Pick<
  FitOptions,
  'train' | 'validation' | 'seed' | 'rateOf' | 'onBatch' | 'onEpoch' | 'signal'
> & { directory: string; frameRateHz: number };

/**
 * Trains a model as the recipe says, and after it, where there is a `windowTraining`, on windows.
 * Epochs are counted through, and the history is that of both. Goes on from the checkpoints in the
 * run folder.
 *
 * @throws SerError as {@link fitModel}.
 */
export async function fitRecipe(
  model: LayersModel,
  recipe: NetworkRecipe,
  { directory, frameRateHz, onBatch, onEpoch, ...options }: FitRecipeOptions,
): Promise<FitResult> {
  const { training, windowTraining, augmentation, distillation } = recipe;
  const common = {
    ...options,
    versionsPerEpoch: augmentation?.versionsPerEpoch ?? 1,
    ...(distillation && { teacherShare: distillation.share }),
  };
  const first = await fitModel(model, {
    ...{ ...common, settings: training },
    checkpointPath: join(directory, runFiles.checkpoint),
    ...(onBatch && { onBatch }),
    ...(onEpoch && { onEpoch }),
  });
  if (!windowTraining) return first;
  const { epochs, learningRate, share } = windowTraining;
  const before = first.history.length;
  const count = <Log extends { epoch: number }>(log: Log): Log => ({
    ...log,
    epoch: before + log.epoch,
  });
  const second = await fitModel(model, {
    ...{ ...common, settings: { ...training, epochs, learningRate } },
    windows: {
      share,
      frames: Math.round(defaultWindowSec * frameRateHz),
    },
    seed: createRandom(options.seed)
      .fork('windows')
      .integer(2 ** 31),
    checkpointPath: join(directory, runFiles.windowTraining),
    onBatch: (progress) => onBatch?.(count(progress)),
    onEpoch: (log) => onEpoch?.(count(log)),
  });
  return {
    history: [...first.history, ...second.history.map(count)],
    bestEpoch: before + second.bestEpoch,
  };
}
