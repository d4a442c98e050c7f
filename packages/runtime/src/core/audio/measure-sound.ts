import type { AudioClip } from './audio-clip.ts';
import { measureMean } from './remove-offset.ts';

const frameSec = 0.02;
/** Pauses and room noise lie lower, quiet syllables higher. */
const quietBelowLoudestDb = 35;

/**
 * How long a clip sounds: the time of its 20 ms frames whose mean power, about the clip's mean, is at
 * most 35 dB below that of the loudest one. An upper bound of how long somebody speaks, since steady noise counts.
 *
 * @returns seconds; 0 for digital silence, an offset not counted.
 */
export function measureSound({ samples, sampleRateHz }: AudioClip): number {
  const frameLength = Math.max(1, Math.round(frameSec * sampleRateHz));
  const mean = measureMean(samples);
  const powers = new Float64Array(Math.ceil(samples.length / frameLength));
  for (let frame = 0; frame < powers.length; frame++) {
    const start = frame * frameLength;
    const end = Math.min(samples.length, start + frameLength);
    let sum = 0;
    for (let index = start; index < end; index++) sum += (samples[index]! - mean) ** 2;
    powers[frame] = sum / (end - start);
  }
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const floor = loudest * 10 ** (-quietBelowLoudestDb / 10);
  let sounding = 0;
  powers.forEach((power, frame) => {
    if (power === 0 || power < floor) return;
    sounding += Math.min(frameLength, samples.length - frame * frameLength);
  });
  return sounding / sampleRateHz;
}
