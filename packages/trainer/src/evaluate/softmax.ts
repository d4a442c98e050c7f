/** e to each value, divided by their sum; the largest is taken away first, so that none overflows. */
export function softmax(values: Float64Array): Float64Array {
  const largest = Math.max(...values);
  const weights = values.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
