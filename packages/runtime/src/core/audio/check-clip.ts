import { SerError } from '@ser/dsp-wasm';
import { type AudioClip, measureDuration } from './audio-clip.ts';

/** Shorter audio holds no speech to judge. */
export const shortestDurationSec = 0.05;
/** Audio that never exceeds this level, -80 dB of full scale, is silent. */
export const silentPeak = 1e-4;

/**
 * Throws unless a clip has something to listen to.
 *
 * @throws SerError `AUDIO_EMPTY` (no samples), `AUDIO_NOT_FINITE` (NaN or infinite samples),
 *   `AUDIO_TOO_SHORT` (under 50 ms), `AUDIO_SILENT` (nothing above -80 dB of full scale) or
 *   `INVALID_ARGUMENT` (not a clip).
 */
export function checkClip(clip: AudioClip): void {
  const { samples, sampleRateHz } = clip;
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
  if (samples.length === 0) throw new SerError('AUDIO_EMPTY', 'The audio has no samples.');
  const peak = measurePeak(samples);
  const durationSec = measureDuration(clip);
  if (durationSec < shortestDurationSec) {
    const unit = samples.length === 1 ? 'sample' : 'samples';
    throw new SerError(
      'AUDIO_TOO_SHORT',
      `The audio has ${samples.length} ${unit}, ${(1000 * durationSec).toFixed(1)} ms; at least ${1000 * shortestDurationSec} ms are needed.`,
    );
  }
  if (peak <= silentPeak) {
    throw new SerError(
      'AUDIO_SILENT',
      'The audio is silent: no sample is above -80 dB of full scale.',
    );
  }
}

/**
 * Whether a clip is silent.
 *
 * @throws SerError as {@link checkClip} for a clip that cannot be used for any other reason.
 */
export function isSilent(clip: AudioClip): boolean {
  try {
    checkClip(clip);
    return false;
  } catch (error) {
    if (error instanceof SerError && error.code === 'AUDIO_SILENT') return true;
    throw error;
  }
}

/** @throws SerError `AUDIO_NOT_FINITE` naming the first sample that is NaN or infinite. */
export function assertFinite(samples: Float32Array): void {
  measurePeak(samples);
}

function measurePeak(samples: Float32Array): number {
  let peak = 0;
  for (let index = 0; index < samples.length; index++) {
    const level = Math.abs(samples[index]!);
    if (!(level < Infinity)) {
      throw new SerError(
        'AUDIO_NOT_FINITE',
        `Sample ${index} of the audio is ${samples[index]}; every sample must be a finite number.`,
      );
    }
    if (level > peak) peak = level;
  }
  return peak;
}
