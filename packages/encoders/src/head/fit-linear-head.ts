import { SerError } from '@ser/dsp-wasm';
import { type LinearHead, measureEmbeddings, standardise } from './linear-head.ts';
import { minimise } from './minimise.ts';

/** An embedding with its label. */
export interface LabelledEmbedding {
  embedding: Float32Array;
  /** Place of the label among the head's. */
  label: number;
  /** Of the example in the loss. Default 1. */
  weight?: number;
  /**
   * Places of the labels that the example can tell apart; the others get no share of its loss, since
   * nobody looked for them. Default: all.
   */
  knownLabels?: readonly number[];
}

export interface FitHeadOptions {
  /** Number of labels. */
  classes: number;
  /**
   * What weights cost beside the mean loss: half of their squares' sum, times this. It is 1 / (C n) of
   * scikit-learn's C and n examples.
   */
  penalty: number;
  /** Share of the truth that is spread over all labels. */
  labelSmoothing: number;
}

/**
 * Fits a linear head: multinomial logistic regression on standardised embeddings, with an L2 penalty
 * on the weights, by L-BFGS from zero. Deterministic, in seconds, without any library.
 *
 * @throws SerError `INVALID_ARGUMENT` for no examples, or embeddings of different lengths.
 *
 * @example
 * const head = fitLinearHead(examples, { classes: 8, penalty: 1, labelSmoothing: 0 });
 */
export function fitLinearHead(
  examples: readonly LabelledEmbedding[],
  { classes, penalty, labelSmoothing }: FitHeadOptions,
): LinearHead {
  const width = examples[0]?.embedding.length ?? 0;
  if (examples.length === 0 || examples.some(({ embedding }) => embedding.length !== width)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `examples are ${examples.length} embeddings; there must be one at least, and all of one length.`,
    );
  }
  const embeddings = examples.map(({ embedding }) => embedding);
  const statistics = measureEmbeddings(embeddings);
  const rows = standardise(embeddings, statistics);
  const total = examples.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const targets = examples.map((example) => spreadTarget(example, classes, labelSmoothing));
  const logits = new Float64Array(classes);

  // The point holds the weights, class by class, and the biases behind them.
  const point = minimise(
    (at, gradient) => {
      gradient.fill(0);
      let loss = 0;
      rows.forEach((row, index) => {
        const { weight = 1, knownLabels } = examples[index]!;
        for (let k = 0; k < classes; k++) {
          logits[k] = at[classes * width + k]! + multiply(row, at, k * width);
        }
        const logSum = logSumExp(logits, knownLabels);
        const target = targets[index]!;
        const share = weight / total;
        for (let k = 0; k < classes; k++) {
          if (target[k]! > 0) loss -= share * target[k]! * (logits[k]! - logSum);
          const probability =
            !knownLabels || knownLabels.includes(k) ? Math.exp(logits[k]! - logSum) : 0;
          const error = share * (probability - target[k]!);
          if (error === 0) continue;
          gradient[classes * width + k]! += error;
          accumulate(gradient, k * width, row, error);
        }
      });
      for (let i = 0; i < classes * width; i++) {
        loss += (penalty / 2) * at[i]! ** 2;
        gradient[i]! += penalty * at[i]!;
      }
      return loss;
    },
    new Float64Array(classes * (width + 1)),
    { iterations: 100, tolerance: 2e-4 },
  );
  return {
    ...statistics,
    weights: Float32Array.from(point.subarray(0, classes * width)),
    bias: Float32Array.from(point.subarray(classes * width)),
  };
}

/** What an example teaches: its label, and of the rest an equal share of each label that it knows. */
function spreadTarget(
  { label, knownLabels }: LabelledEmbedding,
  classes: number,
  labelSmoothing: number,
): Float64Array {
  const known = knownLabels ?? [...Array(classes).keys()];
  const target = new Float64Array(classes);
  for (const k of known) target[k] = labelSmoothing / known.length;
  target[label]! += 1 - labelSmoothing;
  return target;
}

/** Logarithm of the sum of exponentials over the known labels. */
function logSumExp(logits: Float64Array, known: readonly number[] | undefined): number {
  const own = known ? known.map((k) => logits[k]!) : logits;
  const largest = Math.max(...own);
  let sum = 0;
  for (const logit of own) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}

/** Four sums side by side: one alone would wait for itself at every step. */
function multiply(row: Float32Array, weights: Float64Array, start: number): number {
  const { length } = row;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += row[i]! * weights[start + i]!;
    b += row[i + 1]! * weights[start + i + 1]!;
    c += row[i + 2]! * weights[start + i + 2]!;
    d += row[i + 3]! * weights[start + i + 3]!;
  }
  for (; i < length; i++) a += row[i]! * weights[start + i]!;
  return a + b + c + d;
}

function accumulate(gradient: Float64Array, start: number, row: Float32Array, error: number): void {
  for (let i = 0; i < row.length; i++) gradient[start + i]! += error * row[i]!;
}
