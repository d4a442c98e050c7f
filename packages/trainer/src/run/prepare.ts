import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { addTeacher } from '../fit/add-teacher.ts';
import type { Example } from '../fit/example.ts';
import { fitModel } from '../fit/fit-model.ts';
import { pretrain } from '../fit/pretrain.ts';
import {
  buildFrameModel,
  buildModel,
  type ModelShape,
  setFeatureStatistics,
} from '../models/build-model.ts';
import type { FeatureStatistics } from '../models/feature-statistics.ts';
import { copyWeights, setWeights } from '../models/named-weights.ts';
import { createRandom } from '../random.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import { measureTrainingSec } from '../report/run-summary.ts';
import { tf } from '../tensorflow/tf.ts';
import { runFiles } from './run-folder.ts';

/** An epoch of what comes before the training itself. */
export interface PreparationEvent {
  type: 'preparation';
  phase: 'pretraining' | 'teacher';
  epoch: number;
  epochs: number;
  /** Of pretraining the mean squared error of what was masked; of a teacher the cross-entropy. */
  loss: number;
  durationSec: number;
}

/** Input of {@link pretrainClassifier} and {@link teachExamples}. */
export interface PreparationOptions {
  directory: string;
  recipe: NetworkRecipe;
  train: readonly Example[];
  validation: readonly Example[];
  shape: ModelShape;
  statistics: FeatureStatistics;
  onEvent: (event: PreparationEvent) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Where the recipe has `pretraining`, gives a new classifier the weights that guessing masked frames
 * left in its LSTMs. Returns the time that it took, in seconds, over all calls.
 */
export async function pretrainClassifier(
  classifier: LayersModel,
  { directory, recipe, train, shape, statistics, onEvent, signal }: PreparationOptions,
): Promise<number> {
  if (!recipe.pretraining) return 0;
  const { epochs } = recipe.pretraining;
  const frames = buildFrameModel(recipe.model, shape);
  setFeatureStatistics(frames, statistics);
  const history = await pretrain(frames, {
    train,
    settings: { ...recipe.training, epochs },
    versionsPerEpoch: recipe.augmentation?.versionsPerEpoch ?? 1,
    seed: shape.seed,
    checkpointPath: join(directory, runFiles.pretraining),
    onEpoch: (log) => onEvent({ type: 'preparation', phase: 'pretraining', epochs, ...log }),
    signal,
  });
  const weights = copyWeights(frames);
  setWeights(classifier, weights, (name) => name in weights);
  tf.dispose(weights);
  frames.dispose();
  return measureTrainingSec({ history });
}

/**
 * Where the recipe has `distillation`, trains its teacher on the same clips as the model will be, and
 * returns these with what the teacher says of them; else the clips as they are. `durationSec` is the
 * time that it took, over all calls.
 */
export async function teachExamples({
  directory,
  recipe,
  train,
  validation,
  shape,
  statistics,
  onEvent,
  signal,
}: PreparationOptions): Promise<{ taught: readonly Example[]; durationSec: number }> {
  if (!recipe.distillation) return { taught: train, durationSec: 0 };
  const { members } = recipe.distillation;
  const { epochs } = recipe.training;
  // Other initial weights than the student's.
  const seed = createRandom(shape.seed)
    .fork('teacher')
    .integer(2 ** 31);
  const teacher = buildModel({ ...recipe.model, members }, { ...shape, seed });
  setFeatureStatistics(teacher, statistics);
  const { history } = await fitModel(teacher, {
    ...{ train, validation, settings: recipe.training, seed },
    versionsPerEpoch: recipe.augmentation?.versionsPerEpoch ?? 1,
    checkpointPath: join(directory, runFiles.teacher),
    onEpoch: ({ epoch, trainLoss: loss, durationSec }) =>
      onEvent({ type: 'preparation', phase: 'teacher', epoch, epochs, loss, durationSec }),
    ...(signal && { signal }),
  });
  const taught = addTeacher(teacher, train);
  teacher.dispose();
  return { taught, durationSec: measureTrainingSec({ history }) };
}
