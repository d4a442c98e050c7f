import { isDeepStrictEqual } from 'node:util';
import { SerError } from '@ser/dsp-wasm';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { clipKey, speakerKey } from '../datasets/clip.ts';
import { readCheckpoint } from '../fit/checkpoint.ts';
import { selectPrefix } from '../fit/training-state.ts';
import { setWeights } from '../models/named-weights.ts';
import { isSpeakerIndependent, type Split } from '../protocols/split.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import type { InitialRun, RunSummary } from '../report/run-summary.ts';
import { listTrainedCorpora } from '../report/trained-corpora.ts';
import { tf } from '../tensorflow/tf.ts';
import { findWeights, readRunSettings, readRunSummary } from './run-folder.ts';

/** What {@link loadInitialWeights} fits the weights to. */
export interface InitialWeightsTarget {
  recipe: NetworkRecipe;
  labels: readonly string[];
  /** The new run's split: what it tests, the earlier run must not have heard. */
  split: Split;
}

/**
 * Gives a model the weights of a finished run, and returns what that run was. The layer of logits
 * starts anew where the labels differ.
 *
 * @throws SerError `RUN_INVALID` for a folder without a finished run, `INVALID_ARGUMENT` where its
 *   features or architecture are others, `DATASET_INVALID` where it heard what the split tests.
 */
export async function loadInitialWeights(
  model: LayersModel,
  directory: string,
  { recipe, labels, split }: InitialWeightsTarget,
): Promise<InitialRun> {
  const settings = await readRunSettings(directory);
  const summary = await readRunSummary(directory);
  const earlier = settings.recipe;
  if (earlier.head === 'linear') {
    throw new SerError(
      'INVALID_ARGUMENT',
      `init is ${directory}, whose recipe ${earlier.name} has a linear head; it must be a network.`,
    );
  }
  for (const part of ['encoder', 'features', 'trim', 'levelDb', 'model'] as const) {
    if (isDeepStrictEqual(earlier[part], recipe[part])) continue;
    throw new SerError(
      'INVALID_ARGUMENT',
      `init is ${directory}, whose recipe ${earlier.name} has another \`${part}\` than ${recipe.name}; they must be equal.`,
    );
  }
  assertUnheard(directory, summary, split);
  const { tensors } = await readCheckpoint(findWeights(directory, earlier));
  const weights = selectPrefix(tensors, 'best/');
  const keepsLogits = isDeepStrictEqual(summary.labels, labels);
  setWeights(model, weights, (name) => keepsLogits || !/(^|_)logits\//.test(name));
  tf.dispose(tensors);
  return {
    name: summary.name,
    recipe: earlier.name,
    corpora: listTrainedCorpora(summary),
  };
}

function assertUnheard(directory: string, { predictions }: RunSummary, split: Split): void {
  const heard = predictions.filter((clip) => clip.split !== 'test');
  const [what, toKey] = isSpeakerIndependent(split.protocol)
    ? (['speaker', speakerKey] as const)
    : (['clip', clipKey] as const);
  const keys = new Set(heard.map(({ clipId, ...clip }) => toKey({ ...clip, id: clipId })));
  const crossing = split.test.find((clip) => keys.has(toKey(clip)));
  if (!crossing) return;
  throw new SerError(
    'DATASET_INVALID',
    `init is ${directory}, which heard the ${what} ${toKey(crossing)} that this run tests.`,
  );
}
