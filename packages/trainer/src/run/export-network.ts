import { countColumns, selectFeatures } from '../features/representation.ts';
import { readCheckpoint } from '../fit/checkpoint.ts';
import { selectPrefix } from '../fit/training-state.ts';
import { buildModel } from '../models/build-model.ts';
import { setWeights } from '../models/named-weights.ts';
import { exportModel } from '../onnx/export-model.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import type { HeadExport } from './export-run.ts';
import { findWeights } from './run-folder.ts';
import { buildTunedModel, exportTunedEncoder, isTuned } from './tuned-model.ts';

/** The bytes of a model file with the best weights of a finished run of a network. */
export async function exportNetwork(
  directory: string,
  recipe: NetworkRecipe,
  { settings, manifest, encoder }: HeadExport,
): Promise<Uint8Array> {
  const { tensors } = await readCheckpoint(findWeights(directory, recipe));
  const best = selectPrefix(tensors, 'best/');
  const shape = { classes: manifest.labels.length, seed: settings.seed };
  let bytes = encoder?.bytes;
  if (isTuned(encoder)) {
    const tuned = buildTunedModel(recipe.model, encoder, shape);
    setWeights(tuned, best);
    bytes = exportTunedEncoder(tuned, encoder);
    tuned.dispose();
  }
  const features = encoder
    ? encoder.layers.length * encoder.manifest.width
    : countColumns({ frontEnd: selectFeatures(recipe), encoder: null });
  const head = buildModel(recipe.model, { ...shape, features });
  setWeights(head, best);
  tf.dispose(tensors);
  const model = exportModel(head, manifest, bytes);
  head.dispose();
  return model;
}
