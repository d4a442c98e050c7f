import { smallestProbability } from './calibration.ts';
import { checkPredictions, type LabelledPredictions } from './predictions.ts';

const coldest = 0.05;
const hottest = 20;

/**
 * The temperature T that makes held-out probabilities most likely: softmax(log p / T) with the least
 * negative log-likelihood (Guo et al. 2017). Above 1 the model was too sure, below 1 too unsure. The
 * predicted labels do not change. In 1/T the loss is convex, so Newton's method, kept inside a
 * shrinking bracket, finds the one minimum; it is looked for from 0.05 to 20 and is an end of that
 * range where, say, every prediction is right.
 *
 * Fit on the validation side, never on test.
 *
 * @throws SerError INVALID_ARGUMENT for predictions that cannot be scored
 */
export function fitTemperature(predictions: LabelledPredictions): number {
  checkPredictions(predictions);
  const logs = predictions.probabilities.map(toLogs);
  let low = 1 / hottest;
  let high = 1 / coldest;
  if (slopes(logs, predictions.truth, low).first >= 0) return hottest;
  if (slopes(logs, predictions.truth, high).first <= 0) return coldest;

  let inverse = 1;
  for (let step = 0; step < 100; step++) {
    const { first, second } = slopes(logs, predictions.truth, inverse);
    if (first > 0) high = inverse;
    else low = inverse;
    const newton = inverse - first / second;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - inverse) < 1e-10 * inverse) break;
    inverse = next;
  }
  return 1 / inverse;
}

/** First and second derivative of the mean loss by 1/T: E[log p] − log p[truth], and Var[log p]. */
function slopes(
  logs: readonly Float64Array[],
  truth: ArrayLike<number>,
  inverse: number,
): { first: number; second: number } {
  let first = 0;
  let second = 0;
  logs.forEach((row, at) => {
    const weights = softmax(row, inverse);
    let mean = 0;
    let square = 0;
    for (let i = 0; i < row.length; i++) {
      mean += weights[i]! * row[i]!;
      square += weights[i]! * row[i]! * row[i]!;
    }
    first += mean - row[truth[at]!]!;
    second += square - mean * mean;
  });
  return { first: first / logs.length, second: second / logs.length };
}

/** Logarithms less the largest: softmax is the same, and its sums lose no digits. */
function toLogs(row: ArrayLike<number>): Float64Array {
  const logs = Float64Array.from(row, (value) => Math.log(Math.max(value, smallestProbability)));
  const largest = Math.max(...logs);
  return logs.map((value) => value - largest);
}

function softmax(logs: Float64Array, inverse: number): Float64Array {
  const weights = logs.map((value) => Math.exp(value * inverse));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
