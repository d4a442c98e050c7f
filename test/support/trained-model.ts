import { type FeatureMatrix, listFeatureNames } from '@ser/dsp-wasm';
import { applyTemperature } from '@ser/runtime';
import { type NetworkRecipe, readRunSettings } from '@ser/trainer';
// The tests hold what is inside the trainer against its peers, so they reach inside.
import { readCheckpoint, writeCheckpoint } from '../../packages/trainer/src/fit/checkpoint.ts';
import { predictProbabilities } from '../../packages/trainer/src/fit/predict-probabilities.ts';
import { selectPrefix } from '../../packages/trainer/src/fit/training-state.ts';
import { buildModel, setFeatureStatistics } from '../../packages/trainer/src/models/build-model.ts';
import { measureFeatures } from '../../packages/trainer/src/models/feature-statistics.ts';
import { copyWeights, setWeights } from '../../packages/trainer/src/models/named-weights.ts';
import { findWeights } from '../../packages/trainer/src/run/run-folder.ts';
import { tf } from '../../packages/trainer/src/tensorflow/tf.ts';
import { readRun } from './read-run.ts';

/** What tfjs makes of clips with the weights and the temperature of a finished run. */
export async function predictWithTfjs(
  run: string,
  matrices: readonly FeatureMatrix[],
): Promise<ArrayLike<number>[]> {
  const { recipe, seed } = await readRunSettings(run);
  if (recipe.head !== 'network') throw new Error(`${run} has no network.`);
  const { labels, temperature } = readRun(run);
  const features = listFeatureNames(recipe.features!).length;
  const model = buildModel(recipe.model, { features, classes: labels.length, seed });
  const { tensors } = await readCheckpoint(findWeights(run, recipe));
  setWeights(model, selectPrefix(tensors, 'best/'));
  const rows = predictProbabilities(model, matrices);
  return rows.map((row) => applyTemperature(row, temperature ?? 1));
}

/** Builds a fresh model, writes its weights to `path`, and returns what tfjs makes of the clips. */
export async function predictWithFreshModel(
  settings: NetworkRecipe['model'],
  matrices: readonly FeatureMatrix[],
  path: string,
): Promise<Float32Array[]> {
  const features = matrices[0]!.features;
  const model = buildModel(settings, { features, classes: 8, seed: 5 });
  setFeatureStatistics(model, measureFeatures(matrices));
  await writeCheckpoint(path, { state: null, tensors: copyWeights(model) });
  return predictProbabilities(model, matrices);
}

/** Writes clips as one padded batch, for the scripts in `test/peers`. */
export async function writeBatch(path: string, matrices: readonly FeatureMatrix[]): Promise<void> {
  const frames = Math.max(...matrices.map((matrix) => matrix.frames));
  const width = matrices[0]!.features;
  const values = new Float32Array(matrices.length * frames * width);
  for (const [row, { data }] of matrices.entries()) values.set(data, row * frames * width);
  await writeCheckpoint(path, {
    state: null,
    tensors: {
      features: tf.tensor3d(values, [matrices.length, frames, width]),
      lengths: tf.tensor1d(matrices.map((matrix) => matrix.frames)),
    },
  });
}
