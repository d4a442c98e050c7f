import { assertNumber, assertSamples } from '../checks.ts';
import { SerError } from '../errors.ts';
import { createRandom } from './random.ts';

export interface ApplyGainOptions {
  /** Decibels; negative is quieter. From -200 to 200. */
  gainDb: number;
}

export interface SetLevelOptions {
  /** Decibels of full scale that the mean power comes to. From -200 to 200. */
  levelDb: number;
}

export interface AddNoiseOptions {
  /** Power of the signal over power of the noise, in decibels. From -200 to 200. */
  snrDb: number;
  /** A whole number from 0 to 2^32 - 1; the same seed gives the same noise. */
  seed: number;
}

const isDecibels = (value: number) => Math.abs(value) <= 200;
const decibelRange = 'a number of decibels from -200 to 200';

/**
 * The signal at another level. Nothing is clipped.
 *
 * @returns a fresh array of the same length.
 * @throws SerError AUDIO_EMPTY or INVALID_ARGUMENT.
 *
 * @example
 * const quieter = applyGain(samples, { gainDb: -6 });
 */
export function applyGain(samples: Float32Array, { gainDb }: ApplyGainOptions): Float32Array {
  assertSamples(samples);
  assertNumber('gainDb', gainDb, isDecibels, decibelRange);
  const factor = 10 ** (gainDb / 20);
  return samples.map((sample) => sample * factor);
}

/**
 * The signal at a level of `levelDb`: 10 log10 of the mean of its squares, 0 for a square wave of
 * full scale. A signal without power stays as it is. Nothing is clipped.
 *
 * @returns a fresh array of the same length.
 * @throws SerError AUDIO_EMPTY or INVALID_ARGUMENT.
 *
 * @example
 * const even = setLevel(samples, { levelDb: -30 });
 */
export function setLevel(samples: Float32Array, { levelDb }: SetLevelOptions): Float32Array {
  assertSamples(samples);
  assertNumber('levelDb', levelDb, isDecibels, decibelRange);
  const power = sumSquares(samples) / samples.length;
  const factor = power === 0 ? 1 : Math.sqrt(10 ** (levelDb / 10) / power);
  return samples.map((sample) => sample * factor);
}

/**
 * The signal with white normal noise, whose power over the clip is exactly `snrDb` below the
 * signal's.
 *
 * @returns a fresh array of the same length.
 * @throws SerError AUDIO_EMPTY, AUDIO_SILENT for a signal without power, or INVALID_ARGUMENT.
 *
 * @example
 * const noisy = addNoise(samples, { snrDb: 20, seed: 1 });
 */
export function addNoise(samples: Float32Array, { snrDb, seed }: AddNoiseOptions): Float32Array {
  assertSamples(samples);
  assertNumber('snrDb', snrDb, isDecibels, decibelRange);
  const random = createRandom(seed);
  const power = sumSquares(samples);
  if (power === 0) {
    throw new SerError(
      'AUDIO_SILENT',
      'The audio is silent, so noise has no level relative to it.',
    );
  }
  const noise = new Float64Array(samples.length);
  for (let n = 0; n < noise.length; n++) noise[n] = random.normal();
  const scale = Math.sqrt(power / sumSquares(noise) / 10 ** (snrDb / 10));
  const noisy = new Float32Array(samples.length);
  for (let n = 0; n < noisy.length; n++) noisy[n] = samples[n]! + scale * noise[n]!;
  return noisy;
}

function sumSquares(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]! ** 2;
  return sum;
}
