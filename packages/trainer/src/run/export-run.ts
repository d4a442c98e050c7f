import { dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { composeLinearModel } from '@ser/encoders';
import type { ModelPrecision } from '@ser/onnx';
import type { Manifest } from '@ser/runtime/core';
import { writeFileAtomic } from '../atomic-file.ts';
import { type RecipeEncoder, readRecipeEncoder } from '../features/recipe-encoder.ts';
import { compactModel } from '../onnx/compact-model.ts';
import { formatModelCard } from '../report/model-card.ts';
import type { RunSummary } from '../report/run-summary.ts';
import { describeModel } from './describe-model.ts';
import { readLinearHead } from './fit-linear.ts';
import { type RunSettings, readRunSettings, readRunSummary, runFiles } from './run-folder.ts';

/** The name of the card that stands beside an exported model. */
const modelCardFile = 'MODEL_CARD.md';

/** Where a model goes, and how small. */
export interface ExportOptions {
  outPath?: string;
  precision?: ModelPrecision;
}

/** What a model is made of, besides the weights in the run folder. */
interface RunParts {
  settings: RunSettings;
  summary: RunSummary;
  encoder: RecipeEncoder | null;
}

/**
 * Writes the best weights of a finished run as one self-describing ONNX file, and the model card
 * beside it. Returns the model's path.
 *
 * @param options.outPath default: `model.onnx` in the run folder, `model.float16.onnx` or
 *   `model.int8.onnx` for the smaller precisions.
 * @param options.precision default `float32`.
 * @throws SerError `RUN_INVALID` when the folder holds no finished run, or its encoder is another one
 *   now.
 */
export async function exportRunToOnnx(
  directory: string,
  options: ExportOptions = {},
): Promise<string> {
  const settings = await readRunSettings(directory);
  const summary = await readRunSummary(directory);
  const encoder = await readRecipeEncoder(settings.recipe);
  assertSameEncoder(directory, summary, encoder);
  return writeModel(directory, { settings, summary, encoder }, options);
}

/** Writes the model of a run whose parts are in memory, as {@link exportRunToOnnx} does. */
export async function writeModel(
  directory: string,
  { settings, summary, encoder }: RunParts,
  { outPath, precision = 'float32' }: ExportOptions = {},
): Promise<string> {
  const path = outPath ?? join(directory, nameModelFile(precision));
  const manifest = describeModel(settings, summary, encoder);
  const bytes = compactModel(
    await exportHead(directory, { settings, manifest, encoder }),
    precision,
  );
  await writeFileAtomic(join(dirname(path), modelCardFile), formatModelCard(summary, settings));
  await writeFileAtomic(path, bytes);
  return path;
}

/** What a head of any kind is exported from. */
export interface HeadExport {
  settings: RunSettings;
  manifest: Manifest;
  encoder: RecipeEncoder | null;
}

async function exportHead(directory: string, input: HeadExport): Promise<Uint8Array> {
  const { recipe } = input.settings;
  if (recipe.head === 'linear') {
    const head = await readLinearHead(directory);
    return composeLinearModel(input.encoder!.bytes, { head, manifest: input.manifest });
  }
  const { exportNetwork } = await import('./export-network.ts');
  return exportNetwork(directory, recipe, input);
}

function assertSameEncoder(
  directory: string,
  { encoder: trained }: RunSummary,
  encoder: RecipeEncoder | null,
): void {
  if (trained?.sha256 === encoder?.sha256) return;
  throw new SerError(
    'RUN_INVALID',
    `${directory} was trained on another file of the encoder ${trained?.name ?? 'none'} than is there now.`,
  );
}

/** `model.onnx`, or `model.int8.onnx` where it holds its weights in another precision. */
function nameModelFile(precision: ModelPrecision): string {
  return precision === 'float32'
    ? runFiles.model
    : runFiles.model.replace(/\.onnx$/, `.${precision}.onnx`);
}
