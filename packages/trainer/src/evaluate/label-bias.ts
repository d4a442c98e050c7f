import { SerError } from '@ser/dsp-wasm';
import { smallestProbability } from './calibration.ts';
import { softmax } from './softmax.ts';

/** Takes a label away: its probability is multiplied by e to this. */
const excluded = -30;
const mostSteps = 1000;

/**
 * What to add to the logarithm of each label's probability so that, over these clips, all labels are
 * equally probable on average. It needs no true labels: a model that was trained elsewhere hears some
 * labels too often in another room, language or voice, and how often it says them shows which.
 * It is right where the clips hold all labels about equally often. A bias is thought to be normal with
 * deviation 1, so that a few clips move little: minimised is the sum over clips of
 * log Σ p exp(bias), less the bias times the clips expected of each label, plus half its square, which
 * is convex.
 *
 * @param probabilities a row a clip, a column a label
 * @param occurs for each label, whether it occurs in the clips; one that does not is given −30.
 *   Default: all do.
 * @returns a bias a label, those of the labels that occur with mean 0
 * @throws SerError `INVALID_ARGUMENT` without clips, or where fewer than two labels occur
 */
export function fitLabelBias(
  probabilities: readonly ArrayLike<number>[],
  occurs?: readonly boolean[],
): number[] {
  if (probabilities.length === 0) {
    throw new SerError('INVALID_ARGUMENT', 'probabilities is empty; it needs a row for each clip.');
  }
  const labels = Array.from(probabilities[0]!, (_, label) => label);
  const kept = labels.filter((label) => occurs?.[label] ?? true);
  if (kept.length < 2) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `occurs leaves ${kept.length} of ${labels.length} labels; at least 2 must occur.`,
    );
  }
  const bias = labels.map((label) => (kept.includes(label) ? 0 : excluded));
  const expected = probabilities.length / kept.length;
  for (let step = 0; step < mostSteps; step++) {
    const totals = labels.map(() => 0);
    const variances = labels.map(() => 0);
    for (const row of probabilities) {
      applyLabelBias(row, bias).forEach((share, label) => {
        totals[label]! += share;
        variances[label]! += share * (1 - share);
      });
    }
    let largest = 0;
    for (const label of kept) {
      const slope = totals[label]! - expected + bias[label]!;
      // Twice the diagonal of the curvature is never less than the curvature: no step goes too far.
      const change = slope / (2 * (variances[label]! + 1));
      bias[label]! -= change;
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < 1e-9) break;
  }
  const mean = kept.reduce((sum, label) => sum + bias[label]!, 0) / kept.length;
  return bias.map((value, label) => (kept.includes(label) ? value - mean : value));
}

/** Probabilities with a bias on their logarithms: softmax(log p + bias). */
export function applyLabelBias(row: ArrayLike<number>, bias: readonly number[]): Float64Array {
  return softmax(
    Float64Array.from(row, (value, label) => {
      return Math.log(Math.max(value, smallestProbability)) + bias[label]!;
    }),
  );
}
