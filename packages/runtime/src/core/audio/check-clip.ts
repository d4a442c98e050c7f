import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio-clip.ts';
import { measureMean } from './remove-offset.ts';

/** Shorter audio holds no speech to judge. */
export const shortestDurationSec = 0.05;
/** Audio that never leaves its mean by more than this, -80 dB of full scale, is silent. */
const silentPeak = 1e-4;
/** Levels whose squares float32 still adds up over hours; 16-bit numbers taken for samples are far below. */
const mostLevel = 1e9;

/**
 * Throws unless a clip has something to listen to.
 *
 * @throws SerError `AUDIO_EMPTY` (no samples), `AUDIO_NOT_FINITE` (samples that are NaN, infinite or
 *   beyond 1e9), `AUDIO_TOO_SHORT` (under 50 ms), `AUDIO_SILENT` (nothing more than -80 dB of full
 *   scale from its mean) or `INVALID_ARGUMENT` (not a clip).
 */
export function checkClip(clip: AudioClip): void {
  assertClip(clip);
  const { samples } = clip;
  assertFinite(samples);
  assertLongEnough(samples.length, clip.sampleRateHz);
  if (isSilent(samples)) {
    throw new SerError(
      'AUDIO_SILENT',
      'The audio is silent: no sample is above -80 dB of full scale, a constant offset not counted.',
    );
  }
}

/** @throws SerError `AUDIO_EMPTY` or `AUDIO_TOO_SHORT`. */
export function assertLongEnough(length: number, sampleRateHz: number): void {
  if (length === 0) throw new SerError('AUDIO_EMPTY', 'The audio has no samples.');
  const durationSec = length / sampleRateHz;
  if (durationSec >= shortestDurationSec) return;
  const unit = length === 1 ? 'sample' : 'samples';
  throw new SerError(
    'AUDIO_TOO_SHORT',
    `The audio has ${length} ${unit}, ${(1000 * durationSec).toFixed(1)} ms; at least ${1000 * shortestDurationSec} ms are needed.`,
  );
}

/** @throws SerError `INVALID_ARGUMENT` for what is not a clip. */
export function assertClip({ samples, sampleRateHz }: AudioClip): void {
  if (!(samples instanceof Float32Array)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `samples is ${Object.prototype.toString.call(samples)}; it must be a Float32Array.`,
    );
  }
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `sampleRateHz is ${sampleRateHz}; it must be a whole number of hertz from 1.`,
    );
  }
}

/**
 * @param first number of the first sample in its recording.
 * @throws SerError `AUDIO_NOT_FINITE` naming the first sample that is NaN, infinite, or a thousand million times full scale.
 */
export function assertFinite(samples: Float32Array, first = 0): void {
  for (let index = 0; index < samples.length; index++) {
    if (Math.abs(samples[index]!) < mostLevel) continue;
    throw new SerError(
      'AUDIO_NOT_FINITE',
      `Sample ${first + index} of the audio is ${samples[index]}; every sample must be a number within ±${mostLevel}, where full scale is 1.`,
    );
  }
}

function isSilent(samples: Float32Array): boolean {
  const mean = measureMean(samples);
  return samples.every((sample) => Math.abs(sample - mean) <= silentPeak);
}
