import type { FeatureMatrix } from '@ser/dsp-wasm';

/** Mean and standard deviation of every feature column. */
export interface FeatureStatistics {
  mean: Float32Array;
  deviation: Float32Array;
}

/** A column that varies less than this is left at its own scale: it says nothing. */
const smallestDeviation = 1e-5;

/**
 * Returns the column means and population standard deviations over all frames of `matrices`,
 * accumulated in float64. A constant column gets deviation 1.
 */
export function measureFeatures(matrices: Iterable<FeatureMatrix>): FeatureStatistics {
  let sums = new Float64Array(0);
  let squares = new Float64Array(0);
  let shift = new Float32Array(0);
  let frames = 0;
  for (const matrix of matrices) {
    const width = matrix.features;
    if (sums.length === 0) {
      sums = new Float64Array(width);
      squares = new Float64Array(width);
      // Sums of differences from the first frame do not cancel where a column's mean is large.
      shift = matrix.data.slice(0, width);
    }
    for (let frame = 0; frame < matrix.frames; frame++) {
      for (let column = 0; column < width; column++) {
        const value = matrix.data[frame * width + column]! - shift[column]!;
        sums[column]! += value;
        squares[column]! += value * value;
      }
    }
    frames += matrix.frames;
  }
  const mean = Float32Array.from(sums, (sum, column) => sum / frames + shift[column]!);
  const deviation = Float32Array.from(squares, (square, column) => {
    const centre = sums[column]! / frames;
    const value = Math.sqrt(Math.max(0, square / frames - centre * centre));
    return value < smallestDeviation ? 1 : value;
  });
  return { mean, deviation };
}
