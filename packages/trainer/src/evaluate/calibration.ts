import { findLargest, type LabelledPredictions } from './predictions.ts';

/** One bin of a reliability diagram. Empty bins have confidence and accuracy null. */
export interface ReliabilityBin {
  /** The bin holds confidences above `low` and up to `high`. */
  low: number;
  high: number;
  clips: number;
  /** Mean confidence of the bin's clips. */
  confidence: number | null;
  /** Share of the bin's clips that were predicted right. */
  accuracy: number | null;
}

/** How sure a prediction was, and whether it was right. */
export interface PredictionOutcome {
  confidence: number;
  isRight: boolean;
}

/** The outcome of each prediction: the most probable label against the true one. */
export function listOutcomes({ truth, probabilities }: LabelledPredictions): PredictionOutcome[] {
  return probabilities.map((row, at) => {
    const predicted = findLargest(row);
    return { confidence: row[predicted]!, isRight: predicted === truth[at] };
  });
}

/**
 * Bins predictions by the confidence of the predicted label, in equal widths over (0, 1], as in Guo
 * et al. 2017, "On Calibration of Modern Neural Networks".
 */
export function binConfidences(
  outcomes: readonly PredictionOutcome[],
  binCount = 15,
): ReliabilityBin[] {
  const sums = Array.from({ length: binCount }, () => ({ clips: 0, confidence: 0, hits: 0 }));
  for (const { confidence, isRight } of outcomes) {
    const bin = Math.min(binCount, Math.max(1, Math.ceil(confidence * binCount))) - 1;
    const sum = sums[bin]!;
    sum.clips++;
    sum.confidence += confidence;
    if (isRight) sum.hits++;
  }
  return sums.map(({ clips, confidence, hits }, at) => ({
    low: at / binCount,
    high: (at + 1) / binCount,
    clips,
    confidence: clips === 0 ? null : confidence / clips,
    accuracy: clips === 0 ? null : hits / clips,
  }));
}

/** Expected calibration error: the gap of confidence and accuracy, averaged over clips by bin. */
export function measureCalibrationError(bins: readonly ReliabilityBin[]): number {
  let gaps = 0;
  let total = 0;
  for (const { clips, confidence, accuracy } of bins) {
    total += clips;
    if (clips > 0) gaps += clips * Math.abs(confidence! - accuracy!);
  }
  return gaps / total;
}

/** Mean negative log-likelihood of the true labels, in nats; a probability of 0 counts as 1.2e-38. */
export function measureLogLoss({ truth, probabilities }: LabelledPredictions): number {
  let sum = 0;
  probabilities.forEach((row, at) => {
    sum -= Math.log(Math.max(row[truth[at]!]!, smallestProbability));
  });
  return sum / probabilities.length;
}

/** The least normal float32: where a float32 softmax underflows, the logarithm stays finite. */
export const smallestProbability = 2 ** -126;
