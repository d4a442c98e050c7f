/**
 * A sum in NumPy's order of additions, so that averages agree with scikit-learn's to the last bit
 * and hence in every printed digit: eight running sums, joined in pairs; longer lists by halves.
 */
export function sumPairwise(values: readonly number[], start = 0, end = values.length): number {
  const count = end - start;
  if (count < 8) {
    let sum = 0;
    for (let i = start; i < end; i++) sum += values[i]!;
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2);
    const middle = start + half - (half % 8);
    return sumPairwise(values, start, middle) + sumPairwise(values, middle, end);
  }
  const lanes = values.slice(start, start + 8);
  let at = start + 8;
  for (; at + 8 <= end; at += 8) {
    for (let lane = 0; lane < 8; lane++) lanes[lane]! += values[at + lane]!;
  }
  const [a, b, c, d, e, f, g, h] = lanes as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (; at < end; at++) sum += values[at]!;
  return sum;
}
