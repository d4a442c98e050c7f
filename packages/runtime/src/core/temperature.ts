/**
 * Probabilities at another temperature: softmax(log p / T), which is p^(1/T) divided by the sum (Guo
 * et al. 2017). Above 1 they come closer to each other, below 1 further apart; their order stays.
 */
export function applyTemperature(row: ArrayLike<number>, temperature: number): Float64Array {
  // Of shares of the largest one at least does not underflow.
  const largest = Math.max(...Array.from(row));
  const weights = Float64Array.from(row, (value) => (value / largest) ** (1 / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
