import { assertNumber, assertSamples } from '../checks.ts';

export interface LimitBandOptions {
  sampleRateHz: number;
  /** Lower edge of the band, at least 0. Default 0: nothing is cut below. */
  lowestHz?: number;
  /** Upper edge of the band. Default half the sample rate; from there on nothing is cut above. */
  highestHz?: number;
}

/** Quality factors of the second-order sections of a Butterworth filter of order 8. */
const sectionQualities = [1, 3, 5, 7].map((k) => 1 / (2 * Math.cos((k * Math.PI) / 16)));

/**
 * The signal within a band, as a telephone or a small microphone leaves it: -3 dB at the edges, 48 dB
 * an octave beyond them. Formula: Butterworth filters of order 8 as four second-order sections each,
 * by the bilinear transform (S. Butterworth, 1930; R. Bristow-Johnson, Audio EQ Cookbook).
 *
 * @returns a fresh array of the same length.
 * @throws SerError AUDIO_EMPTY or INVALID_ARGUMENT.
 *
 * @example
 * const phone = limitBand(samples, { sampleRateHz: 16000, lowestHz: 300, highestHz: 3400 });
 */
export function limitBand(
  samples: Float32Array,
  { sampleRateHz, lowestHz = 0, highestHz = sampleRateHz / 2 }: LimitBandOptions,
): Float32Array {
  assertSamples(samples);
  assertNumber('sampleRateHz', sampleRateHz, (value) => value > 0, 'a number of hertz above 0');
  const half = sampleRateHz / 2;
  assertNumber(
    'lowestHz',
    lowestHz,
    (value) => value >= 0 && value < half,
    `a frequency from 0 to below ${half} Hz, half the sample rate`,
  );
  assertNumber(
    'highestHz',
    highestHz,
    (value) => value > lowestHz,
    `a frequency above lowestHz, ${lowestHz} Hz`,
  );
  const filtered = Float64Array.from(samples);
  for (const quality of sectionQualities) {
    if (lowestHz > 0) filterInPlace(filtered, { quality, w: toAngle(lowestHz), side: 'above' });
    if (highestHz < half)
      filterInPlace(filtered, { quality, w: toAngle(highestHz), side: 'below' });
  }
  return Float32Array.from(filtered);

  function toAngle(frequencyHz: number): number {
    return (2 * Math.PI * frequencyHz) / sampleRateHz;
  }
}

/** One second-order section that keeps what lies on one side of the angular frequency `w`. */
function filterInPlace(
  signal: Float64Array,
  { quality, w, side }: { quality: number; w: number; side: 'above' | 'below' },
): void {
  const [cosine, alpha] = [Math.cos(w), Math.sin(w) / (2 * quality)];
  const sign = side === 'below' ? 1 : -1;
  const a0 = 1 + alpha;
  const b0 = (1 - sign * cosine) / (2 * a0);
  const b1 = 2 * sign * b0;
  const [a1, a2] = [(-2 * cosine) / a0, (1 - alpha) / a0];
  let [state1, state2] = [0, 0];
  for (let n = 0; n < signal.length; n++) {
    const input = signal[n]!;
    const output = b0 * input + state1;
    state1 = b1 * input - a1 * output + state2;
    state2 = b0 * input - a2 * output;
    signal[n] = output;
  }
}
