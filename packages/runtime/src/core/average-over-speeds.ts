/**
 * What a model says of a clip that it judged at several speeds: the geometric mean of each label's
 * probabilities, divided by the sum. A temperature, or a bias on the labels, gives the same before it
 * and behind it.
 *
 * @param rows probabilities of the labels, a row a speed; at least one
 */
export function averageOverSpeeds(rows: readonly Float32Array[]): Float32Array {
  const [first, ...others] = rows;
  if (others.length === 0) return first!;
  const means = Float64Array.from(first!, (_, label) => {
    const sum = rows.reduce((total, row) => total + Math.log(row[label]! + Number.MIN_VALUE), 0);
    return Math.exp(sum / rows.length);
  });
  const sum = means.reduce((total, mean) => total + mean, 0);
  return Float32Array.from(means, (mean) => mean / sum);
}
