import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import type { FrontEndConfig } from '@ser/runtime/core';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { applyTemperature, fitTemperature } from '../evaluate/temperature.ts';
import { type ExtractedClip, extractClips } from '../features/extract-clips.ts';
import type { Example } from '../fit/batches.ts';
import { type EpochLog, fitModel } from '../fit/fit-model.ts';
import { predictProbabilities } from '../fit/predict-probabilities.ts';
import { buildModel, setFeatureStatistics } from '../models/build-model.ts';
import { measureFeatures } from '../models/feature-statistics.ts';
import { readSplitFile, writeSplitFile } from '../protocols/split-file.ts';
import { splitDataset } from '../protocols/split-dataset.ts';
import type { ProtocolName, Split } from '../protocols/split.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { writeReport } from '../report/write-report.ts';
import type { RunSummary } from '../report/run-summary.ts';
import { tf } from '../tensorflow/tf.ts';
import { exportRun } from './export-run.ts';
import { readRunSettings, runFiles, type RunSettings, writeRunSettings } from './run-folder.ts';

/** What happens in a training, in order; for progress bars and logs. */
export type TrainEvent =
  | { type: 'dataset'; clips: number; labels: string[]; skipped: { path: string; reason: string }[] }
  | { type: 'features'; done: number; total: number }
  | { type: 'split'; protocol: string; train: number; validation: number; test: number }
  | { type: 'batch'; epoch: number; epochs: number; done: number; total: number }
  | ({ type: 'epoch'; epochs: number } & EpochLog);

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
  directory: string;
  modelPath: string;
  summary: RunSummary;
}

/**
 * Runs one training from clips to an exported model, and writes everything into the run folder.
 * Where the folder holds this run's checkpoint, training goes on from there.
 */
export async function runTraining(options: TrainOptions): Promise<TrainResult> {
  const { settings, outDirectory, signal } = options;
  const { recipe } = settings;
  const report = (event: TrainEvent): void => options.onEvent?.(event);
  await claimRunFolder(outDirectory, settings);

  const { dataset, matrices } = await loadDataset(settings, options);
  const split = splitDataset(dataset, {
    protocol: settings.protocol,
    seed: settings.seed,
    ...(settings.fold !== null && { fold: settings.fold }),
    ...(settings.splitFile !== null && { splitFile: await readSplitFile(settings.splitFile) }),
  });
  await writeSplitFile(join(outDirectory, runFiles.split), split);
  report({
    type: 'split',
    protocol: split.protocol,
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
  });

  const labels = listLabels(dataset, split);
  const toExamples = (clips: readonly Clip[]): Example[] =>
    clips.map((clip) => ({ matrix: matrices.get(clip)!, label: labels.indexOf(clip.label) }));
  const train = toExamples(split.train);
  const model = buildModel(recipe.model, {
    features: train[0]!.matrix.features,
    classes: labels.length,
    seed: settings.seed,
  });
  setFeatureStatistics(model, measureFeatures(train.map(({ matrix }) => matrix)));
  const { epochs } = recipe.training;
  const fit = await fitModel(model, {
    train,
    validation: toExamples(split.validation),
    settings: recipe.training,
    seed: settings.seed,
    checkpointPath: join(outDirectory, runFiles.checkpoint),
    onBatch: (done, epoch) => report({ type: 'batch', epoch, epochs, done, total: train.length }),
    onEpoch: (log) => report({ type: 'epoch', epochs, ...log }),
    ...(signal && { signal }),
  });
  const summary = summariseRun({ settings, dataset, split, labels, model, matrices, fit });
  model.dispose();
  await writeReport(outDirectory, summary);
  return { directory: outDirectory, modelPath: await exportRun(outDirectory), summary };
}
