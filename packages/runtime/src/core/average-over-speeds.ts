/**
 * What a model says of clips that it judged at several speeds each: the geometric mean of each
 * label's probabilities, divided by the sum. A temperature, or a bias on the labels, gives the same
 * before it and behind it.
 *
 * @param rows probabilities of the labels, those of a clip's speeds one after the other
 * @param speeds how many each clip was judged at
 * @returns a row a clip
 */
export function averageOverSpeeds(rows: readonly Float32Array[], speeds: number): Float32Array[] {
  return Array.from({ length: rows.length / speeds }, (_, clip) =>
    averageRows(rows.slice(clip * speeds, (clip + 1) * speeds)),
  );
}

function averageRows(rows: readonly Float32Array[]): Float32Array {
  const [first, ...others] = rows;
  if (others.length === 0) return first!;
  const means = Float64Array.from(first!, (_, label) => {
    const sum = rows.reduce((total, row) => total + Math.log(row[label]! + Number.MIN_VALUE), 0);
    return Math.exp(sum / rows.length);
  });
  const sum = means.reduce((total, mean) => total + mean, 0);
  return Float32Array.from(means, (mean) => mean / sum);
}
