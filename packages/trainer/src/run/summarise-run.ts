import { availableParallelism, cpus } from 'node:os';
import { basename } from 'node:path';
import { type FeatureMatrix, kernelVersion } from '@ser/dsp-wasm';
import { averageOverSpeeds } from '@ser/runtime/core';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { fitTemperature } from '../evaluate/temperature.ts';
import { extractAtSpeeds } from '../features/extract-clips.ts';
import type { FitResult } from '../fit/fit-model.ts';
import { predictProbabilities } from '../fit/predict-probabilities.ts';
import type { Split } from '../protocols/split.ts';
import { selectFrontEnd } from '../recipes/recipe.ts';
import {
  type ClipPrediction,
  type InitialRun,
  type RunSummary,
  type Side,
  sides,
} from '../report/run-summary.ts';
import { tensorflowVersion } from '../tensorflow/tf.ts';
import { version } from '../version.ts';
import type { RunSettings } from './run-folder.ts';
import { decide, listAsWindows, rescale, scoreSides, toLabelled } from './score-sides.ts';

/** What a summary is made from. */
export interface FinishedRun {
  directory: string;
  settings: RunSettings;
  dataset: Dataset;
  split: Split;
  labels: string[];
  matrices: ReadonlyMap<Clip, FeatureMatrix>;
  model: LayersModel;
  fit: FitResult;
  /** Time of pretraining and of a teacher's training. */
  preparationSec: number;
  initialRun?: InitialRun | undefined;
  /** Called for every clip whose features are there, all sides together. */
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Predicts every side with the trained model at the recipe's speeds, calibrates on validation if
 * there is any, and scores each side with the calibrated probabilities, which are those that the
 * exported file gives.
 *
 * @throws SerError `ABORTED` after the signal.
 */
export async function summariseRun(run: FinishedRun): Promise<RunSummary> {
  const { settings, split, labels } = run;
  const raw: ClipPrediction[] = [];
  const total = sides.reduce((sum, side) => sum + split[side].length, 0);
  for (const side of sides) {
    const before = raw.length;
    const onProgress = (done: number) => run.onProgress(before + done, total);
    raw.push(...(await predictSide(run, side, onProgress)));
  }
  const validation = raw.filter((prediction) => prediction.split === 'validation');
  const temperature = validation.length > 0 ? fitTemperature(toLabelled(validation, labels)) : null;
  const windows = listAsWindows(validation, labels);
  const predictions = rescale(raw, labels, temperature ?? 1);
  return {
    name: basename(run.directory),
    createdAt: new Date().toISOString(),
    recipe: { name: settings.recipe.name, settings: settings.recipe },
    ...(run.initialRun && { initialRun: run.initialRun }),
    labels,
    corpora: run.dataset.corpora,
    skipped: run.dataset.skipped,
    protocol: {
      name: split.protocol,
      seed: split.seed,
      fold: split.fold,
      sizes: {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      },
    },
    ...(run.preparationSec > 0 && { preparationSec: run.preparationSec }),
    history: run.fit.history,
    bestEpoch: run.fit.bestEpoch,
    temperature,
    ...(windows && { windowTemperature: fitTemperature(toLabelled(windows, labels)) }),
    evaluations: scoreSides(predictions, labels),
    predictions,
    environment: {
      ser: version,
      kernels: kernelVersion,
      node: process.version,
      tensorflow: tensorflowVersion,
      processor: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`,
    },
  };
}

async function predictSide(
  { settings, split, labels, matrices, model, signal }: FinishedRun,
  side: Side,
  onProgress: (done: number) => void,
): Promise<ClipPrediction[]> {
  const { speeds } = settings.recipe;
  const frontEnd = selectFrontEnd(settings.recipe);
  const played = await extractAtSpeeds(split[side], {
    ...{ frontEnd, speeds, matrices, onProgress, signal },
  });
  const rows = predictProbabilities(model, played.flat());
  const probabilities = averageOverSpeeds(rows, speeds.length);
  const asWindows = speeds.every((speed) => speed === 1)
    ? null
    : predictProbabilities(
        model,
        split[side].map((clip) => matrices.get(clip)!),
      );
  return split[side].map(
    (clip, at): ClipPrediction => ({
      clipId: clip.id,
      path: clip.path,
      corpus: clip.corpus,
      speaker: clip.speaker,
      split: side,
      truth: clip.label,
      ...decide([...probabilities[at]!], labels),
      ...(asWindows && { windowProbabilities: [...asWindows[at]!] }),
    }),
  );
}
