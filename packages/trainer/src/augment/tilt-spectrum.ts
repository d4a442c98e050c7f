const taps = 255;
const pivotHz = 1000;
/** Below this the slope ends, so that rumble is not raised without end. */
const lowestHz = 100;

/**
 * Filters a clip so that its spectrum is raised by `dbPerOctave` for each octave above 1 kHz and
 * lowered below, and the other way round where it is negative. A linear-phase FIR of 255 taps from
 * the sampled response; no delay, the same length.
 */
export function tiltSpectrum(
  samples: Float32Array,
  sampleRateHz: number,
  dbPerOctave: number,
): Float32Array {
  const filter = designTilt(sampleRateHz, dbPerOctave);
  const half = (taps - 1) / 2;
  const padded = new Float32Array(samples.length + taps - 1);
  padded.set(samples, half);
  const filtered = new Float32Array(samples.length);
  for (let at = 0; at < filtered.length; at++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += filter[tap]! * padded[at + tap]!;
    filtered[at] = sum;
  }
  return filtered;
}

/** The inverse Fourier transform of the response, cut by a Hann window. */
function designTilt(sampleRateHz: number, dbPerOctave: number): Float64Array {
  const bins = 512;
  const half = (taps - 1) / 2;
  const gains = Float64Array.from({ length: bins + 1 }, (_, bin) => {
    const frequencyHz = Math.max(lowestHz, (bin * sampleRateHz) / (2 * bins));
    return 10 ** ((dbPerOctave * Math.log2(frequencyHz / pivotHz)) / 20);
  });
  const filter = new Float64Array(taps);
  for (let tap = 0; tap <= half; tap++) {
    let sum = (gains[0]! + gains[bins]! * Math.cos(Math.PI * tap)) / 2;
    for (let bin = 1; bin < bins; bin++)
      sum += gains[bin]! * Math.cos((Math.PI * bin * tap) / bins);
    const window = (1 + Math.cos((Math.PI * tap) / (half + 1))) / 2;
    filter[half + tap] = (sum / bins) * window;
    filter[half - tap] = filter[half + tap]!;
  }
  return filter;
}
