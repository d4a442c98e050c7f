import { SerError } from '@ser/dsp-wasm';

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
 *
 * @example
 * const outcomes = await classifier.predictBatch(recordings);
 * const rows = outcomes.flatMap((outcome) =>
 *   outcome.ok ? [Object.values(outcome.prediction.probabilities)] : [],
 * );
 * const bias = fitLabelBias(rows);
 * const balanced = rows.map((row) => applyLabelBias(row, bias));
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
    const { totals, variances } = sumShares(probabilities, bias);
    let largest = 0;
    for (const label of kept) {
      const slope = totals[label]! - expected + bias[label]!;
      // Twice the diagonal of the curvature is never less than the curvature: no step goes too far.
      const change = slope / (2 * (variances[label]! + 1));
      bias[label]! -= change;
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < 1e-6) break;
  }
  const mean = kept.reduce((sum, label) => sum + bias[label]!, 0) / kept.length;
  return bias.map((value, label) => (kept.includes(label) ? value - mean : value));
}

/** Of each label, the sums over clips of its biased probability q and of q (1 − q). */
function sumShares(
  probabilities: readonly ArrayLike<number>[],
  bias: readonly number[],
): { totals: Float64Array; variances: Float64Array } {
  const factors = Float64Array.from(bias, Math.exp);
  const totals = new Float64Array(bias.length);
  const variances = new Float64Array(bias.length);
  for (const row of probabilities) {
    let sum = 0;
    for (let label = 0; label < bias.length; label++) sum += row[label]! * factors[label]!;
    for (let label = 0; label < bias.length; label++) {
      const share = (row[label]! * factors[label]!) / sum;
      totals[label]! += share;
      variances[label]! += share * (1 - share);
    }
  }
  return { totals, variances };
}

/** Probabilities with a bias on their logarithms: p exp(bias), divided by their sum. */
export function applyLabelBias(row: ArrayLike<number>, bias: readonly number[]): Float64Array {
  const weights = Float64Array.from(row, (value, label) => value * Math.exp(bias[label]!));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
