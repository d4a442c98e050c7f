import { applyTemperature } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { findLargest } from '../evaluate/predictions.ts';
import {
  type ClipPrediction,
  type LabelPrediction,
  type RunSummary,
  type Side,
  sides,
  type WindowScores,
} from '../report/run-summary.ts';

/** The probabilities of predictions and their true labels' places, as the measures take them. */
export function toLabelled(predictions: readonly LabelPrediction[], labels: readonly string[]) {
  return {
    truth: predictions.map(({ truth }) => labels.indexOf(truth)),
    probabilities: predictions.map(({ probabilities }) => probabilities),
    labels: [...labels],
  };
}

/** What probabilities of the labels, in their order, say of a clip. */
export function decide(probabilities: number[], labels: readonly string[]) {
  const predicted = findLargest(probabilities);
  return { predicted: labels[predicted]!, confidence: probabilities[predicted]!, probabilities };
}

/** What was decided of a clip. */
export function toClipPrediction(
  { id, path, corpus, speaker, label }: Clip,
  split: Side,
  decision: ReturnType<typeof decide>,
): ClipPrediction {
  return { clipId: id, path, corpus, speaker, split, truth: label, ...decision };
}

/** Predictions at `factor` times the temperature that they are at. */
export function rescale<Prediction extends LabelPrediction>(
  predictions: readonly Prediction[],
  labels: readonly string[],
  factor: number,
): Prediction[] {
  return predictions.map((prediction) => ({
    ...prediction,
    ...decide([...applyTemperature(prediction.probabilities, factor)], labels),
  }));
}

/** Scores windows; undefined where there are none. */
export function scoreWindows(
  windows: readonly LabelPrediction[],
  labels: readonly string[],
): WindowScores | undefined {
  if (windows.length === 0) return undefined;
  const { n, accuracy, uar, ece } = evaluatePredictions(toLabelled(windows, labels));
  return { windows: n, accuracy, uar, ece };
}

/**
 * Scores each side of a run that has clips; the test side over speakers too, where no other side has
 * them.
 */
export function scoreSides(
  predictions: readonly ClipPrediction[],
  labels: readonly string[],
): RunSummary['evaluations'] {
  const heard = new Set(predictions.filter(({ split }) => split !== 'test').map(speakerKey));
  const evaluations: RunSummary['evaluations'] = {};
  for (const side of sides) {
    const own = predictions.filter(({ split }) => split === side);
    if (own.length === 0) continue;
    const speakers = own.map(speakerKey);
    const areStrangers = side === 'test' && !speakers.some((speaker) => heard.has(speaker));
    evaluations[side] = evaluatePredictions({
      ...toLabelled(own, labels),
      ...(areStrangers && { speakers }),
    });
  }
  return evaluations;
}
