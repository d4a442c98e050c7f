import { SerError } from '@ser/dsp-wasm';

/** What a model said about clips whose labels are known. */
export interface LabelledPredictions {
  /** The true label of each clip, as an index into `labels`. */
  truth: ArrayLike<number>;
  /** For each clip the probability of each label; a row sums to 1. */
  probabilities: readonly ArrayLike<number>[];
  /** The labels in the order of the model's outputs. */
  labels: readonly string[];
}

const sumTolerance = 1e-3;

/** @throws SerError INVALID_ARGUMENT that names the first clip whose numbers cannot be scored */
export function checkPredictions({ truth, probabilities, labels }: LabelledPredictions): void {
  if (labels.length < 2) throw invalid(`labels has ${labels.length} entries; two are needed`);
  if (truth.length === 0) throw invalid('truth is empty; there is nothing to score');
  if (probabilities.length !== truth.length) {
    throw invalid(`probabilities has ${probabilities.length} rows for ${truth.length} clips`);
  }
  probabilities.forEach((row, at) => {
    const label = truth[at]!;
    if (!Number.isInteger(label) || label < 0 || label >= labels.length) {
      throw invalid(`truth[${at}] is ${label}; it must be from 0 to ${labels.length - 1}`);
    }
    if (row.length !== labels.length) {
      throw invalid(`probabilities[${at}] has ${row.length} values for ${labels.length} labels`);
    }
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      if (!(value >= 0 && value <= 1 + sumTolerance)) {
        throw invalid(`probabilities[${at}][${i}] is ${value}; it must be from 0 to 1`);
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > sumTolerance) {
      throw invalid(`probabilities[${at}] sums to ${sum}; it must sum to 1`);
    }
  });
}

/** The index of the largest value; of equal ones the first. */
export function findLargest(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

function invalid(what: string): SerError {
  return new SerError('INVALID_ARGUMENT', `${what}.`);
}
