import { availableParallelism, cpus } from 'node:os';
import { basename } from 'node:path';
import { type FeatureMatrix, kernelVersion } from '@ser/dsp-wasm';
import { averageOverSpeeds } from '@ser/runtime/core';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { fitTemperature } from '../evaluate/temperature.ts';
import { type Channel, channelNames, testChannels } from '../features/channel.ts';
import { extractAtSpeeds } from '../features/extract-clips.ts';
import type { FitResult } from '../fit/fit-model.ts';
import { predictProbabilities } from '../fit/predict-probabilities.ts';
import type { Split } from '../protocols/split.ts';
import { selectFrontEnd } from '../recipes/recipe.ts';
import {
  type ClipPrediction,
  type InitialRun,
  type LabelPrediction,
  type RunSummary,
  type Side,
  sides,
} from '../report/run-summary.ts';
import { tensorflowVersion } from '../tensorflow/tf.ts';
import { version } from '../version.ts';
import { cutWindows } from './cut-windows.ts';
import type { RunSettings } from './run-folder.ts';
import { decide, rescale, scoreSides, toLabelled } from './score-sides.ts';

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
    raw.push(...(await predictSide(run, side, { matrices: run.matrices, onProgress })));
  }
  const { temperature, predictions } = calibrateOnValidation(raw, labels);
  const windows = calibrateOnValidation(predictWindows(run), labels);
  const hearTest = async (channel: Channel) =>
    rescale(await predictSide(run, 'test', { channel }), labels, temperature ?? 1);
  const channels: RunSummary['channels'] = {};
  for (const name of channelNames) channels[name] = await hearTest(testChannels[name]);
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
    ...(windows.temperature !== null && { windowTemperature: windows.temperature }),
    evaluations: scoreSides(predictions, labels),
    predictions,
    windows: windows.predictions,
    channels,
    environment: {
      ser: version,
      kernels: kernelVersion,
      node: process.version,
      tensorflow: tensorflowVersion,
      processor: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`,
    },
  };
}

/** Predictions at the temperature that those of the validation side give, if there are any. */
function calibrateOnValidation<Prediction extends LabelPrediction>(
  raw: readonly Prediction[],
  labels: readonly string[],
): { temperature: number | null; predictions: Prediction[] } {
  const validation = raw.filter(({ split }) => split === 'validation');
  const temperature = validation.length > 0 ? fitTemperature(toLabelled(validation, labels)) : null;
  return { temperature, predictions: rescale(raw, labels, temperature ?? 1) };
}

/** What the model says of windows of the clips that it did not learn from. */
function predictWindows({
  settings,
  split,
  labels,
  matrices,
  model,
}: FinishedRun): LabelPrediction[] {
  const { sampleRateHz, hopLength } = settings.recipe.features;
  return (['validation', 'test'] as const).flatMap((side) => {
    const windows = cutWindows(split[side], matrices, sampleRateHz / hopLength);
    const rows = predictProbabilities(
      model,
      windows.map(({ matrix }) => matrix),
    );
    return windows.map(({ corpus, speaker, label }, at) => ({
      ...{ corpus, speaker, split: side, truth: label },
      ...decide([...rows[at]!], labels),
    }));
  });
}

async function predictSide(
  { settings, split, labels, model, signal }: FinishedRun,
  side: Side,
  options: Pick<Parameters<typeof extractAtSpeeds>[1], 'matrices' | 'channel' | 'onProgress'>,
): Promise<ClipPrediction[]> {
  const { speeds } = settings.recipe;
  const frontEnd = selectFrontEnd(settings.recipe);
  const played = await extractAtSpeeds(split[side], { frontEnd, speeds, signal, ...options });
  const rows = predictProbabilities(model, played.flat());
  const probabilities = averageOverSpeeds(rows, speeds.length);
  return split[side].map(
    (clip, at): ClipPrediction => ({
      clipId: clip.id,
      path: clip.path,
      corpus: clip.corpus,
      speaker: clip.speaker,
      split: side,
      truth: clip.label,
      ...decide([...probabilities[at]!], labels),
    }),
  );
}
