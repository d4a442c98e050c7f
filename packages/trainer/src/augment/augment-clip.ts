import type { Dsp } from '@ser/dsp-wasm';
import type { Random } from '../random.ts';
import type { ClipChanges } from './augmentation-settings.ts';
import { tiltSpectrum } from './tilt-spectrum.ts';

/** Changes with every new rule of {@link augmentClip}, so that a cache forgets copies of old rules. */
export const augmentationVersion = 1;

/** What {@link augmentClip} works with. */
export interface AugmentContext {
  sampleRateHz: number;
  /** Decides what is drawn: the same stream gives the same copy. */
  random: Random;
  dsp: Dsp;
}

/**
 * Returns a changed copy of a clip: speed, then spectrum, level and noise, each drawn evenly from
 * its range. Each change draws from a stream of its own, so that switching one off leaves the others
 * as they were.
 */
export function augmentClip(
  samples: Float32Array,
  changes: ClipChanges,
  { sampleRateHz, random, dsp }: AugmentContext,
): Float32Array {
  const draw = (name: keyof ClipChanges): number | null => {
    const range = changes[name];
    return range && random.fork(name).uniform(...range);
  };
  let changed = samples;
  const speed = draw('speed');
  if (speed !== null) {
    changed = dsp.resample(changed, { fromHz: Math.round(speed * 100), toHz: 100 });
  }
  const tilt = draw('tiltDbPerOctave');
  if (tilt !== null) changed = tiltSpectrum(changed, sampleRateHz, tilt);
  const gainDb = draw('gainDb');
  if (gainDb !== null) changed = scale(changed, 10 ** (gainDb / 20));
  const snrDb = draw('noiseSnrDb');
  if (snrDb !== null) changed = addNoise(changed, snrDb, random.fork('noise'));
  return changed;
}

function scale(samples: Float32Array, factor: number): Float32Array {
  return samples.map((sample) => sample * factor);
}

function addNoise(samples: Float32Array, snrDb: number, random: Random): Float32Array {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const deviation = Math.sqrt(power / 10 ** (snrDb / 10));
  return samples.map((sample) => sample + deviation * random.normal());
}
