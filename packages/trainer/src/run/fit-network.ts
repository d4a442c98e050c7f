import { countDraws } from '../fit/draw-epoch.ts';
import { predictProbabilities } from '../fit/predict-probabilities.ts';
import { buildModel, setFeatureStatistics } from '../models/build-model.ts';
import { measureFeatures } from '../models/feature-statistics.ts';
import { countEpochs } from '../recipes/change-recipe.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import { tensorflowVersion } from '../tensorflow/tf.ts';
import { fitRecipe } from './fit-recipe.ts';
import type { FittedHead, HeadInput } from './head.ts';
import { loadInitialWeights } from './initial-weights.ts';
import { pretrainClassifier, teachExamples } from './prepare.ts';
import { buildTunedModel, encodeWithModel, isTuned, rateTunedWeights } from './tuned-model.ts';

/**
 * Trains a network as its recipe says. Goes on from the checkpoints in the run folder.
 *
 * @throws SerError as `fitModel`.
 */
export async function fitNetwork(input: HeadInput, recipe: NetworkRecipe): Promise<FittedHead> {
  const { directory, settings, labels, split, train, validation, encoder, onEvent, signal } = input;
  const shape = {
    features: train[0]!.matrix.features,
    classes: labels.length,
    seed: settings.seed,
  };
  const tuned = isTuned(encoder) ? encoder : null;
  const model = tuned
    ? buildTunedModel(recipe.model, tuned, shape)
    : buildModel(recipe.model, shape);
  const statistics = measureFeatures(
    tuned && recipe.model.normalisation === 'corpus'
      ? encodeWithModel(model, train, recipe.training.batchSize)
      : train.map(({ matrix }) => matrix),
  );
  setFeatureStatistics(model, statistics);
  const preparation = {
    ...{ directory, recipe, train, validation, shape, statistics, signal },
    onEvent,
  };
  const pretrainingSec = await pretrainClassifier(model, preparation);
  const initialRun =
    settings.init === undefined
      ? undefined
      : await loadInitialWeights(model, settings.init, { recipe, labels, split });
  const { taught, durationSec: teachingSec } = await teachExamples(preparation);
  const epochs = countEpochs(recipe);
  const total = countDraws(train, recipe.augmentation?.versionsPerEpoch ?? 1);
  const fit = await fitRecipe(model, recipe, {
    ...{ directory, train: taught, validation, seed: settings.seed },
    frameRateHz: input.frameRateHz!,
    ...(tuned && { rateOf: rateTunedWeights(tuned.tuning) }),
    onBatch: ({ clips, ...batch }) =>
      onEvent({ type: 'batch', epochs, done: clips, total, ...batch }),
    onEpoch: (log) => onEvent({ type: 'epoch', epochs, clips: total, ...log }),
    ...(signal && { signal }),
  });
  return {
    ...fit,
    preparationSec: pretrainingSec + teachingSec,
    initialRun,
    environment: { tensorflow: tensorflowVersion },
    predict: (matrices) => predictProbabilities(model, matrices),
    dispose: () => model.dispose(),
  };
}
