/**
 * Probabilities at another temperature: softmax(log p / T), which is p^(1/T) divided by the sum (Guo
 * et al. 2017). Above 1 they come closer to each other, below 1 further apart; their order stays.
 */
export function applyTemperature(row: ArrayLike<number>, temperature: number): Float64Array {
  const weights = Float64Array.from(row, (value) => value ** (1 / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
