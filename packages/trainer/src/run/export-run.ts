import { dirname, join } from 'node:path';
import { listFeatureNames } from '@ser/dsp-wasm';
import type { ModelPrecision } from '@ser/onnx';
import { writeFileAtomic } from '../atomic-file.ts';
import { readCheckpoint } from '../fit/checkpoint.ts';
import { selectPrefix } from '../fit/training-state.ts';
import { buildModel } from '../models/build-model.ts';
import { setWeights } from '../models/named-weights.ts';
import { compactModel } from '../onnx/compact-model.ts';
import { exportModel } from '../onnx/export-model.ts';
import { formatModelCard } from '../report/model-card.ts';
import { tf } from '../tensorflow/tf.ts';
import { describeModel } from './describe-model.ts';
import { findWeights, readRunSettings, readRunSummary, runFiles } from './run-folder.ts';

/** The name of the card that stands beside an exported model. */
const modelCardFile = 'MODEL_CARD.md';

/**
 * Writes the best weights of a finished run as one self-describing ONNX file, and the model card
 * beside it. Returns the model's path.
 *
 * @param options.outPath default: `model.onnx` in the run folder, `model.float16.onnx` or
 *   `model.int8.onnx` for the smaller precisions.
 * @param options.precision default `float32`.
 * @throws SerError `RUN_INVALID` when the folder holds no finished run.
 */
export async function exportRunToOnnx(
  directory: string,
  { outPath, precision = 'float32' }: { outPath?: string; precision?: ModelPrecision } = {},
): Promise<string> {
  const path = outPath ?? join(directory, nameModelFile(precision));
  const settings = await readRunSettings(directory);
  const summary = await readRunSummary(directory);
  const manifest = describeModel(settings, summary);
  const { tensors } = await readCheckpoint(findWeights(directory, settings.recipe));
  const model = buildModel(settings.recipe.model, {
    features: listFeatureNames(settings.recipe.features).length,
    classes: manifest.labels.length,
    seed: settings.seed,
  });
  setWeights(model, selectPrefix(tensors, 'best/'));
  tf.dispose(tensors);
  const bytes = compactModel(exportModel(model, manifest), precision);
  model.dispose();
  await writeFileAtomic(join(dirname(path), modelCardFile), formatModelCard(summary, settings));
  await writeFileAtomic(path, bytes);
  return path;
}

/** `model.onnx`, or `model.int8.onnx` where it holds its weights in another precision. */
function nameModelFile(precision: ModelPrecision): string {
  return precision === 'float32'
    ? runFiles.model
    : runFiles.model.replace(/\.onnx$/, `.${precision}.onnx`);
}
