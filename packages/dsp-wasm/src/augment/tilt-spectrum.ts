import { assertNumber, assertSamples } from '../checks.ts';

export interface TiltSpectrumOptions {
  sampleRateHz: number;
  /** Gain at the top of the spectrum less gain at the bottom. From -60 to 60. */
  tiltDb: number;
  /** Where the gain is 0 dB. Default 1000, below half the sample rate. */
  pivotHz?: number;
}

/**
 * The signal with its spectrum tilted about a pivot by a first-order filter: brighter or duller, as
 * another microphone makes it. The gain runs from -tiltDb / 2 at 0 Hz to tiltDb / 2 at the top,
 * at most 6 dB an octave. Formula: H(s) = (k s + w) / (s + k w), k = 10^(tiltDb / 40), by the bilinear
 * transform with w at the pivot.
 *
 * @returns a fresh array of the same length.
 * @throws SerError AUDIO_EMPTY or INVALID_ARGUMENT.
 *
 * @example
 * const duller = tiltSpectrum(samples, { sampleRateHz: 22050, tiltDb: -6 });
 */
export function tiltSpectrum(
  samples: Float32Array,
  { sampleRateHz, tiltDb, pivotHz = 1000 }: TiltSpectrumOptions,
): Float32Array {
  assertSamples(samples);
  assertNumber('sampleRateHz', sampleRateHz, (value) => value > 0, 'a number of hertz above 0');
  assertNumber('tiltDb', tiltDb, (value) => Math.abs(value) <= 60, 'a number from -60 to 60');
  assertNumber(
    'pivotHz',
    pivotHz,
    (value) => value > 0 && value < sampleRateHz / 2,
    `a frequency above 0 and below ${sampleRateHz / 2} Hz, half the sample rate`,
  );
  const k = 10 ** (tiltDb / 40);
  const w = Math.tan((Math.PI * pivotHz) / sampleRateHz);
  const scale = 1 / (1 + k * w);
  const b0 = (k + w) * scale;
  const b1 = (w - k) * scale;
  const a1 = (k * w - 1) * scale;
  const tilted = new Float32Array(samples.length);
  let lastInput = 0;
  let lastOutput = 0;
  for (let n = 0; n < samples.length; n++) {
    const input = samples[n]!;
    lastOutput = b0 * input + b1 * lastInput - a1 * lastOutput;
    lastInput = input;
    tilted[n] = lastOutput;
  }
  return tilted;
}
