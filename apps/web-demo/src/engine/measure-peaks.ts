/**
 * The outline of a waveform: the lowest and the highest sample of each of `columns` equal stretches,
 * in turn. Fewer samples than columns give a column each.
 */
export function measurePeaks(samples: Float32Array, columns: number): Float32Array {
  const count = Math.min(columns, samples.length);
  const peaks = new Float32Array(2 * count);
  for (let column = 0; column < count; column++) {
    const start = Math.floor((column * samples.length) / count);
    const end = Math.floor(((column + 1) * samples.length) / count);
    let low = samples[start]!;
    let high = low;
    for (let index = start + 1; index < end; index++) {
      const sample = samples[index]!;
      if (sample < low) low = sample;
      else if (sample > high) high = sample;
    }
    peaks[2 * column] = low;
    peaks[2 * column + 1] = high;
  }
  return peaks;
}
