import { assertNumber } from '../checks.ts';
import { Resampler } from '../resampler.ts';
import { stretchTime } from './stretch-time.ts';

export interface ChangeSpeedOptions {
  /** 2 is twice as fast and an octave higher. From 0.25 to 4, in steps of 0.0001. */
  factor: number;
}

export interface ShiftPitchOptions {
  /** Semitones, also fractions; negative is lower. From -24 to 24. */
  semitones: number;
}

/** Speeds are rounded to this share, 0.17 cents. */
const stepsOfSpeed = 10000;

function resampleBySpeed(module: WebAssembly.Module, samples: Float32Array, factor: number) {
  const rates = { fromHz: Math.round(factor * stepsOfSpeed), toHz: stepsOfSpeed };
  return new Resampler(module, rates).process(samples);
}

/** See `Dsp.changeSpeed`. */
export function changeSpeed(
  module: WebAssembly.Module,
  samples: Float32Array,
  { factor }: ChangeSpeedOptions,
): Float32Array {
  assertNumber('factor', factor, (value) => value >= 0.25 && value <= 4, 'a number from 0.25 to 4');
  return resampleBySpeed(module, samples, factor);
}

/** See `Dsp.shiftPitch`. */
export function shiftPitch(
  module: WebAssembly.Module,
  samples: Float32Array,
  { semitones }: ShiftPitchOptions,
): Float32Array {
  assertNumber('semitones', semitones, (value) => Math.abs(value) <= 24, 'a number from -24 to 24');
  const factor = 2 ** (semitones / 12);
  const stretched = stretchTime(module, samples, { rate: 1 / factor });
  const shifted = resampleBySpeed(module, stretched, factor);
  const output = new Float32Array(samples.length);
  output.set(shifted.subarray(0, output.length));
  return output;
}
