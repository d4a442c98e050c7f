import { countColumns, selectRepresentation } from '../features/representation.ts';
import { readCheckpoint } from '../fit/checkpoint.ts';
import { selectPrefix } from '../fit/training-state.ts';
import { buildModel } from '../models/build-model.ts';
import { setWeights } from '../models/named-weights.ts';
import { exportModel } from '../onnx/export-model.ts';
import type { NetworkRecipe } from '../recipes/recipe.ts';
import { tf } from '../tensorflow/tf.ts';
import type { HeadExport } from './export-run.ts';
import { findWeights } from './run-folder.ts';

/** The bytes of a model file with the best weights of a finished run of a network. */
export async function exportNetwork(
  directory: string,
  recipe: NetworkRecipe,
  { settings, manifest, encoder }: HeadExport,
): Promise<Uint8Array> {
  const { tensors } = await readCheckpoint(findWeights(directory, recipe));
  const model = buildModel(recipe.model, {
    features: countColumns(await selectRepresentation(recipe)),
    classes: manifest.labels.length,
    seed: settings.seed,
  });
  setWeights(model, selectPrefix(tensors, 'best/'));
  tf.dispose(tensors);
  const bytes = exportModel(model, manifest, encoder?.bytes);
  model.dispose();
  return bytes;
}
