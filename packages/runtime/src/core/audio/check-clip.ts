import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio-clip.ts';

/** Shorter audio holds no speech to judge. */
export const shortestDurationSec = 0.05;
/** Audio that never exceeds this level, -80 dB of full scale, is silent. */
export const silentPeak = 1e-4;
/** Levels whose squares float32 still adds up over hours; 16-bit numbers taken for samples are far below. */
const mostLevel = 1e9;

/**
 * Throws unless a clip has something to listen to.
 *
 * @throws SerError `AUDIO_EMPTY` (no samples), `AUDIO_NOT_FINITE` (samples that are NaN, infinite or beyond 1e9),
 *   `AUDIO_TOO_SHORT` (under 50 ms), `AUDIO_SILENT` (nothing above -80 dB of full scale) or
 *   `INVALID_ARGUMENT` (not a clip).
 */
export function checkClip(clip: AudioClip): void {
  assertClip(clip);
  const { samples } = clip;
  const peak = measurePeak(samples);
  assertLongEnough(samples.length, clip.sampleRateHz);
  if (peak <= silentPeak) {
    throw new SerError(
      'AUDIO_SILENT',
      'The audio is silent: no sample is above -80 dB of full scale.',
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
  measurePeak(samples, first);
}

function measurePeak(samples: Float32Array, first = 0): number {
  let peak = 0;
  for (let index = 0; index < samples.length; index++) {
    const level = Math.abs(samples[index]!);
    if (!(level < mostLevel)) {
      throw new SerError(
        'AUDIO_NOT_FINITE',
        `Sample ${first + index} of the audio is ${samples[index]}; every sample must be a number within ±${mostLevel}, where full scale is 1.`,
      );
    }
    if (level > peak) peak = level;
  }
  return peak;
}
