import type { ModelPrecision } from '@ser/onnx';
import { evictFeatures } from './features/evict-features.ts';
import type { RunSummary } from './report/run-summary.ts';
import type { CrossValidateOptions, CrossValidation } from './run/cross-validate.ts';
import { type RunSettings, readRunSettings } from './run/run-folder.ts';
import type { TrainOptions, TrainResult } from './run/train.ts';
import { setUpFor, trainHere } from './run/train-here.ts';

export { type ModelPrecision, modelPrecisions } from '@ser/onnx';
export { writeFileAtomic } from './atomic-file.ts';
export { locateCache } from './cache-directory.ts';
export { type CheckOptions, checkDataset, type DatasetCheck } from './datasets/check-dataset.ts';
export type {
  Clip,
  CorpusLayout,
  CorpusSummary,
  Dataset,
  SkipKind,
  SkippedFile,
} from './datasets/clip.ts';
export { type Finding, findProblems } from './datasets/findings.ts';
export { type KnownCorpus, type KnownCorpusName, knownCorpora } from './datasets/known-corpora.ts';
export { readDataset } from './datasets/read-dataset.ts';
export { type SyntheticCorpusOptions, writeSyntheticCorpus } from './datasets/synthetic-corpus.ts';
export { formatClassificationReport } from './evaluate/classification-report.ts';
export { type Evaluation, evaluatePredictions } from './evaluate/evaluate-predictions.ts';
export type { Channel } from './features/channel.ts';
export { locateEncoder, readEncoder } from './features/encoder-source.ts';
export { adaptModel, checkAdaptable, type LabelAdaptation } from './onnx/adapt-model.ts';
export { compactModel } from './onnx/compact-model.ts';
export { type ProtocolName, protocolNames, type Split } from './protocols/split.ts';
export { type Fold, listFolds, splitDataset } from './protocols/split-dataset.ts';
export {
  applySplitFile,
  readSplitFile,
  type SplitFile,
  writeSplitFile,
} from './protocols/split-file.ts';
export { setBatchSize, setEncoder, setEpochs } from './recipes/change-recipe.ts';
export { readNetworkRecipe, readRecipe } from './recipes/read-recipe.ts';
export type { LinearRecipe, NetworkRecipe, Recipe } from './recipes/recipe.ts';
export { writeExperimentsPage } from './report/experiments-page.ts';
export { writeResultsPage } from './report/results-page.ts';
export type { ClipPrediction, RunSummary } from './report/run-summary.ts';
export { scoreAdapted } from './run/adapt-speakers.ts';
export type {
  CrossValidateEvent,
  CrossValidateOptions,
  CrossValidation,
} from './run/cross-validate.ts';
export { type EvaluateOptions, evaluateModel, type ModelScores } from './run/evaluate-model.ts';
export type { VoiceScores } from './run/evaluate-voices.ts';
export type { TrainEvent, TrainOptions, TrainResult } from './run/train.ts';
export { ensureTensorFlow, inspectTensorFlow, type TensorFlowState } from './tensorflow/set-up.ts';
export { type RunSettings, readRunSettings };

/**
 * Trains a model: reads the corpora, computes features, splits by the protocol, fits, calibrates,
 * scores, writes the report and exports `model.onnx`, all into one run folder. Where the recipe's head
 * is a network, TensorFlow is set up first if it is not there yet.
 *
 * @throws SerError `DATASET_INVALID`, `RUN_INVALID`, `TENSORFLOW_UNAVAILABLE` or `ABORTED`; after
 *   the last the same call goes on from the last finished epoch.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const [result] = await Promise.all([trainHere(options), evictFeatures()]);
  return result;
}

/**
 * Trains and tests every fold of a protocol with every seed, in several processes, and writes one
 * `results.json`. What is finished in the folder is kept, what was interrupted goes on from its last
 * epoch.
 *
 * @throws SerError what a run failed with, or `ABORTED`; the same call goes on later.
 * @example
 * const { overRuns } = await crossValidate({
 *   data: ['data/ravdess'],
 *   recipe: await readRecipe('reference'),
 *   protocol: 'ravdess-5fold',
 *   seeds: [0, 1, 2],
 *   outDirectory: 'runs/reference-5fold',
 * });
 */
export async function crossValidate(options: CrossValidateOptions): Promise<CrossValidation> {
  await setUpFor(options.recipe);
  const { crossValidateRuns } = await import('./run/cross-validate.ts');
  const [result] = await Promise.all([crossValidateRuns(options), evictFeatures()]);
  return result;
}

/**
 * Writes the best weights of a finished run as one self-describing ONNX file, and the model card
 * beside it. Returns the model's path.
 *
 * @param options.outPath default: `model.onnx` in the run folder, `model.float16.onnx` or
 *   `model.int8.onnx` for the smaller precisions.
 * @param options.precision how the file holds its weights. Default `float32`; see `compactModel`.
 * @throws SerError `RUN_INVALID` when the folder holds no finished run.
 */
export async function exportRun(
  directory: string,
  options: { outPath?: string; precision?: ModelPrecision } = {},
): Promise<string> {
  await setUpFor((await readRunSettings(directory)).recipe);
  const { exportRunToOnnx } = await import('./run/export-run.ts');
  return exportRunToOnnx(directory, options);
}

/**
 * Fits the temperature of a finished run to what the runs of a cross-validation with the same recipe
 * said of the speakers that each tested, and writes the run's summary, report and model anew. Speakers
 * that the run itself tests are left out. Weights and predicted labels do not change. Returns the
 * summary, whose `foldCalibration` says what the temperature was fitted to.
 *
 * @throws SerError `RUN_INVALID` where one of the folders is not finished, `INVALID_ARGUMENT` where
 *   the cross-validation has another recipe, other labels or corpora, a protocol that shares
 *   speakers, or fewer than two folds with speakers that the run does not test
 */
export async function calibrate(
  directory: string,
  crossValidationDirectory: string,
): Promise<RunSummary> {
  await setUpFor((await readRunSettings(directory)).recipe);
  const { calibrateOnFolds } = await import('./run/calibrate-on-folds.ts');
  return calibrateOnFolds(directory, crossValidationDirectory);
}

/** Loads TensorFlow and says what it is; call it only where `inspectTensorFlow` finds it linked. */
export async function loadBackend(): Promise<{ backend: string; tensorflowVersion: string }> {
  const { tf, tensorflowVersion } = await import('./tensorflow/tf.ts');
  return { backend: tf.getBackend(), tensorflowVersion };
}
