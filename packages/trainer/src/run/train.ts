import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { removeTemporaries } from '../atomic-file.ts';
import type { SkippedFile } from '../datasets/clip.ts';
import { type Finding, findProblems } from '../datasets/findings.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { readRecipeEncoder } from '../features/recipe-encoder.ts';
import { measureFrameRate, selectRepresentation } from '../features/representation.ts';
import type { EpochLog } from '../fit/fit-model.ts';
import type { Split } from '../protocols/split.ts';
import { splitDataset } from '../protocols/split-dataset.ts';
import { readSplitFile, writeSplitFile } from '../protocols/split-file.ts';
import { findValidationNeed } from '../recipes/validation-need.ts';
import type { RunSummary } from '../report/run-summary.ts';
import { writeReport } from '../report/write-report.ts';
import { createExamples } from './create-examples.ts';
import { writeModel } from './export-run.ts';
import { extractDataset } from './extract-dataset.ts';
import { fitLinear } from './fit-linear.ts';
import type { FittedHead, HeadInput } from './head.ts';
import type { PreparationEvent } from './prepare.ts';
import { isNewRun, type RunSettings, runFiles, writeRunSettings } from './run-folder.ts';
import { summariseRun } from './summarise-run.ts';

/** What happens in a training, in order; for progress bars and logs. */
export type TrainEvent =
  /** Of clips that have never been compared by their sound. */
  | { type: 'listening'; done: number; total: number }
  /** First of the clips as they are, at the end at the speeds at which the model judges them. */
  | { type: 'features'; done: number; total: number }
  | {
      type: 'dataset';
      clips: number;
      labels: string[];
      skipped: SkippedFile[];
      /** What is wrong with the clips, as far as it costs nothing to see. */
      findings: Finding[];
    }
  | { type: 'split'; protocol: string; train: number; validation: number; test: number }
  | { type: 'augmentation'; done: number; total: number }
  | PreparationEvent
  /** `done` clips of `total` of this epoch; loss and accuracy are those of the epoch so far. */
  | {
      type: 'batch';
      epoch: number;
      epochs: number;
      done: number;
      total: number;
      loss: number;
      accuracy: number;
    }
  /** `clips` were trained on. */
  | ({ type: 'epoch'; epochs: number; clips: number } & EpochLog);

/** Input of `train`. */
export interface TrainOptions {
  settings: RunSettings;
  /** The run folder. It may hold this run's checkpoint, and no other run. */
  outDirectory: string;
  onEvent?: (event: TrainEvent) => void;
  signal?: AbortSignal;
}

/** What `train` leaves. */
export interface TrainResult {
  modelPath: string;
  summary: RunSummary;
}

/**
 * Runs one training from clips to an exported model and writes all of it into the run folder.
 * Where the folder holds this run's checkpoint, training goes on from there.
 *
 * @throws SerError `RUN_INVALID` when the folder holds another run, `INVALID_ARGUMENT` where the
 *   protocol `all` leaves nothing to validate and the recipe needs it.
 */
export async function runTraining(options: TrainOptions): Promise<TrainResult> {
  const { settings, outDirectory: directory, signal } = options;
  const { recipe } = settings;
  const report = (event: TrainEvent): void => options.onEvent?.(event);
  checkSettings(settings);
  const isNew = await isNewRun(directory, settings);
  await removeTemporaries(directory);

  const encoder = await readRecipeEncoder(recipe);
  const representation = await selectRepresentation(recipe, encoder);
  const { labels: wanted, mergedLabels } = recipe;
  const listed = await readDataset(settings.data, {
    ...{ labels: wanted, mergedLabels, signal },
    onProgress: (done, total) => report({ type: 'listening', done, total }),
  });
  const { dataset, matrices } = await extractDataset(listed, {
    representation,
    onProgress: (done, total) => report({ type: 'features', done, total }),
    signal,
  });
  const { clips, labels: allLabels, skipped } = dataset;
  const findings = findProblems(dataset);
  report({ type: 'dataset', clips: clips.length, labels: allLabels, skipped, findings });
  const split = splitDataset(dataset, {
    protocol: settings.protocol,
    seed: settings.seed,
    validationShare: recipe.validationShare,
    ...(settings.fold !== null && { fold: settings.fold }),
    ...(settings.folds !== undefined && { folds: settings.folds }),
    ...(settings.splitFile !== null && { splitFile: await readSplitFile(settings.splitFile) }),
  });
  if (isNew) await writeRunSettings(directory, settings);
  await writeSplitFile(join(directory, runFiles.split), split);
  report({ type: 'split', protocol: split.protocol, ...countSides(split) });

  const present = new Set(split.train.map(({ label }) => label));
  const labels = allLabels.filter((label) => present.has(label));
  const { train, validation } = await createExamples({
    ...{ split, labels, matrices, representation, recipe, signal },
    onProgress: (done, total) => report({ type: 'augmentation', done, total }),
  });
  const head = await fitHead({
    ...{ directory, settings, labels, split, train, validation, encoder, signal },
    frameRateHz: measureFrameRate(representation),
    onEvent: report,
  });
  const summary = await summariseRun({
    ...{ directory, settings, dataset, split, labels, representation, matrices, encoder, head },
    onProgress: (done, total) => report({ type: 'features', done, total }),
    signal,
  });
  head.dispose();
  await writeReport(directory, summary);
  return { modelPath: await writeModel(directory, { settings, summary, encoder }), summary };
}

/** A head without TensorFlow never loads it. */
async function fitHead(input: HeadInput): Promise<FittedHead> {
  if (input.settings.recipe.head === 'linear') return fitLinear(input, input.settings.recipe);
  const { fitNetwork } = await import('./fit-network.ts');
  return fitNetwork(input, input.settings.recipe);
}

function checkSettings({ recipe, protocol, init }: RunSettings): void {
  const refuse = (message: string) => new SerError('INVALID_ARGUMENT', message);
  if (recipe.head === 'linear') {
    if (init === undefined) return;
    throw refuse(
      `init is ${init}, and the recipe ${recipe.name} has a linear head, fitted from zero.`,
    );
  }
  if (init !== undefined && recipe.pretraining) {
    throw refuse(
      `init is ${init}, and the recipe ${recipe.name} has pretraining: first weights come from one of the two.`,
    );
  }
  const need = protocol === 'all' && findValidationNeed(recipe.training);
  if (!need) return;
  throw refuse(`protocol is all, which has no validation clips, and training.${need}.`);
}

function countSides({ train, validation, test }: Split) {
  return { train: train.length, validation: validation.length, test: test.length };
}
