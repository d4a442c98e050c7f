import { availableParallelism, cpus } from 'node:os';
import { basename } from 'node:path';
import { type FeatureMatrix, kernelVersion } from '@ser/dsp-wasm';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { type Clip, type Dataset, speakerKey } from '../datasets/clip.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { findLargest } from '../evaluate/predictions.ts';
import { applyTemperature, fitTemperature } from '../evaluate/temperature.ts';
import type { FitResult } from '../fit/fit-model.ts';
import { predictProbabilities } from '../fit/predict-probabilities.ts';
import type { Split } from '../protocols/split.ts';
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
}

/**
 * Predicts every side with the trained model, calibrates on validation, and scores each side with
 * the calibrated probabilities, which are those that the exported file gives.
 */
export function summariseRun(run: FinishedRun): RunSummary {
  const { settings, split, labels, model } = run;
  const raw = Object.fromEntries(
    sides.map((side) => {
      const matrices = split[side].map((clip) => run.matrices.get(clip)!);
      return [side, predictProbabilities(model, matrices)];
    }),
  ) as Record<Side, Float32Array[]>;
  const truthOf = (side: Side): number[] => split[side].map(({ label }) => labels.indexOf(label));
  const temperature = fitTemperature({
    truth: truthOf('validation'),
    probabilities: raw.validation,
    labels,
  });

  const heard = new Set([...split.train, ...split.validation].map(speakerKey));
  const isStrange = split.test.every((clip) => !heard.has(speakerKey(clip)));

  const evaluations: RunSummary['evaluations'] = {};
  const predictions: ClipPrediction[] = [];
  for (const side of sides) {
    const probabilities = raw[side].map((row) => applyTemperature(row, temperature));
    evaluations[side] = evaluatePredictions({
      ...{ truth: truthOf(side), probabilities, labels },
      ...(side === 'test' && isStrange && { speakers: split.test.map(speakerKey) }),
    });
    split[side].forEach((clip, index) => {
      const row = probabilities[index]!;
      const predicted = findLargest(row);
      predictions.push({
        clipId: clip.id,
        path: clip.path,
        corpus: clip.corpus,
        speaker: clip.speaker,
        split: side,
        truth: clip.label,
        predicted: labels[predicted]!,
        confidence: row[predicted]!,
      });
    });
  }
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
    evaluations,
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
