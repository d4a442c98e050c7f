import { availableParallelism, cpus } from 'node:os';
import { basename } from 'node:path';
import { type FeatureMatrix, kernelVersion } from '@ser/dsp-wasm';
import { averageOverSpeeds } from '@ser/runtime/core';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { fitTemperature } from '../evaluate/temperature.ts';
import { type Channel, channelNames, testChannels } from '../features/channel.ts';
import { extractAtSpeeds } from '../features/extract-clips.ts';
import type { RecipeEncoder } from '../features/recipe-encoder.ts';
import type { Representation } from '../features/representation.ts';
import type { Split } from '../protocols/split.ts';
import {
  type ClipPrediction,
  type LabelPrediction,
  type RunSummary,
  type Side,
  sides,
} from '../report/run-summary.ts';
import { version } from '../version.ts';
import { adaptVoices } from './adapt-speakers.ts';
import { cutWindows } from './cut-windows.ts';
import type { FittedHead } from './head.ts';
import type { RunSettings } from './run-folder.ts';
import { decide, rescale, scoreSides, toClipPrediction, toLabelled } from './score-sides.ts';

/** What a summary is made from. */
export interface FinishedRun {
  directory: string;
  settings: RunSettings;
  dataset: Dataset;
  split: Split;
  labels: string[];
  matrices: ReadonlyMap<Clip, FeatureMatrix>;
  representation: Representation;
  encoder: RecipeEncoder | null;
  head: FittedHead;
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
  const { settings, split, labels, head } = run;
  const raw: ClipPrediction[] = [];
  const total = sides.reduce((sum, side) => sum + split[side].length, 0);
  for (const side of sides) {
    const before = raw.length;
    const onProgress = (done: number) => run.onProgress(before + done, total);
    raw.push(...(await predictSide(run, side, { matrices: run.matrices, onProgress })));
  }
  const { temperature, predictions } = calibrateOnValidation(raw, labels);
  const adapted = adaptVoices(run);
  const windows = calibrateOnValidation(await predictWindows(run), labels);
  const hearTest = async (channel: Channel) =>
    rescale(await predictSide(run, 'test', { channel }), labels, temperature ?? 1);
  const channels: RunSummary['channels'] = {};
  for (const name of channelNames) channels[name] = await hearTest(testChannels[name]);
  return {
    name: basename(run.directory),
    createdAt: new Date().toISOString(),
    recipe: { name: settings.recipe.name, settings: settings.recipe },
    ...(run.encoder && { encoder: describeEncoder(run.encoder) }),
    ...(head.initialRun && { initialRun: head.initialRun }),
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
    ...(head.preparationSec > 0 && { preparationSec: head.preparationSec }),
    history: head.history,
    bestEpoch: head.bestEpoch,
    temperature,
    ...(windows.temperature !== null && { windowTemperature: windows.temperature }),
    evaluations: scoreSides(predictions, labels),
    predictions,
    ...(adapted && { adapted: rescale(adapted, labels, temperature ?? 1) }),
    windows: windows.predictions,
    channels,
    environment: {
      ser: version,
      kernels: kernelVersion,
      node: process.version,
      ...head.environment,
      processor: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`,
    },
  };
}

function describeEncoder({
  manifest: { name, family, licence },
  layers,
  sha256,
}: RecipeEncoder): NonNullable<RunSummary['encoder']> {
  return { name, family, licence, layers, sha256 };
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
async function predictWindows({
  split,
  labels,
  representation,
  matrices,
  head,
  signal,
}: FinishedRun): Promise<LabelPrediction[]> {
  const predictions: LabelPrediction[] = [];
  for (const side of ['validation', 'test'] as const) {
    const windows = await cutWindows(split[side], { representation, matrices, signal });
    const rows = head.predict(windows.map(({ matrix }) => matrix));
    windows.forEach(({ corpus, speaker, label }, at) => {
      const decision = decide([...rows[at]!], labels);
      predictions.push({ corpus, speaker, split: side, truth: label, ...decision });
    });
  }
  return predictions;
}

async function predictSide(
  { settings, split, labels, representation, head, signal }: FinishedRun,
  side: Side,
  options: Pick<Parameters<typeof extractAtSpeeds>[1], 'matrices' | 'channel' | 'onProgress'>,
): Promise<ClipPrediction[]> {
  const { speeds } = settings.recipe;
  const played = await extractAtSpeeds(split[side], {
    ...{ representation, speeds, signal },
    ...options,
  });
  const rows = head.predict(played.flat());
  const probabilities = averageOverSpeeds(rows, speeds.length);
  return split[side].map((clip, at) =>
    toClipPrediction(clip, side, decide([...probabilities[at]!], labels)),
  );
}
