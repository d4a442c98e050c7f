import { dirname, join } from 'node:path';
import { listFeatureNames } from '@ser/dsp-wasm';
import { writeFileAtomic } from '../atomic-file.ts';
import { readCheckpoint } from '../fit/checkpoint.ts';
import { selectPrefix } from '../fit/training-state.ts';
import { buildModel } from '../models/build-model.ts';
import { setWeights } from '../models/named-weights.ts';
import { exportModel } from '../onnx/export-model.ts';
import { formatModelCard } from '../report/model-card.ts';
import { tf } from '../tensorflow/tf.ts';
import { describeModel } from './describe-model.ts';
import { readRunSettings, readRunSummary, runFiles } from './run-folder.ts';

/** The name of the card that stands beside an exported model. */
const modelCardFile = 'MODEL_CARD.md';

/**
 * Writes the best weights of a finished run as one self-describing ONNX file, and the model card
 * beside it. Returns the model's path.
 *
 * @param options.outPath default: `model.onnx` in the run folder
 * @throws SerError `RUN_INVALID` when the folder holds no finished run.
 */
export async function exportRunToOnnx(
  directory: string,
  { outPath = join(directory, runFiles.model) }: { outPath?: string } = {},
): Promise<string> {
  const settings = await readRunSettings(directory);
  const summary = await readRunSummary(directory);
  const manifest = describeModel(settings, summary);
  const { tensors } = await readCheckpoint(join(directory, runFiles.checkpoint));
  const model = buildModel(settings.recipe.model, {
    features: listFeatureNames(settings.recipe.features).length,
    classes: manifest.labels.length,
    seed: settings.seed,
  });
  setWeights(model, selectPrefix(tensors, 'best/'));
  tf.dispose(tensors);
  const bytes = exportModel(model, manifest);
  model.dispose();
  await writeFileAtomic(join(dirname(outPath), modelCardFile), formatModelCard(summary, settings));
  await writeFileAtomic(outPath, bytes);
  return outPath;
}
