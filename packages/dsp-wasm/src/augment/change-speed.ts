import { assertNumber } from '../checks.ts';
import type { ResampleOptions } from '../resampler.ts';
import { stretchTime } from './stretch-time.ts';

export interface ChangeSpeedOptions {
  /** 2 is twice as fast and an octave higher. From 0.25 to 4, in steps of 0.0001. */
  factor: number;
}

type Resample = (samples: Float32Array, rates: ResampleOptions) => Float32Array;

export interface ShiftPitchOptions {
  /** Semitones, also fractions; negative is lower. From -24 to 24. */
  semitones: number;
}

/** Speeds are rounded to this share, 0.17 cents. */
const stepsOfSpeed = 10000;

/** The rates whose ratio is a speed. */
function toRates(factor: number): ResampleOptions {
  return { fromHz: Math.round(factor * stepsOfSpeed), toHz: stepsOfSpeed };
}

/** See `Dsp.changeSpeed`. */
export function changeSpeed(
  resample: Resample,
  samples: Float32Array,
  { factor }: ChangeSpeedOptions,
): Float32Array {
  assertNumber('factor', factor, (value) => value >= 0.25 && value <= 4, 'a number from 0.25 to 4');
  return resample(samples, toRates(factor));
}

/** See `Dsp.shiftPitch`. */
export function shiftPitch(
  module: WebAssembly.Module,
  resample: Resample,
  samples: Float32Array,
  { semitones }: ShiftPitchOptions,
): Float32Array {
  assertNumber('semitones', semitones, (value) => Math.abs(value) <= 24, 'a number from -24 to 24');
  const factor = 2 ** (semitones / 12);
  const stretched = stretchTime(module, samples, { rate: 1 / factor });
  const shifted = resample(stretched, toRates(factor));
  const output = new Float32Array(samples.length);
  output.set(shifted.subarray(0, output.length));
  return output;
}
