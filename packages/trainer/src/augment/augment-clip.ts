import { addNoise, applyGain, type Dsp, limitBand, tiltSpectrum } from '@ser/dsp-wasm';
import type { Random } from '../random.ts';
import type { ClipChanges } from './augmentation-settings.ts';

/** Changes with every new rule of {@link augmentClip}, so that a cache forgets copies of old rules. */
export const augmentationVersion = 3;

/** What {@link augmentClip} works with. */
export interface AugmentContext {
  sampleRateHz: number;
  /** Decides what is drawn: the same stream gives the same copy. */
  random: Random;
  dsp: Dsp;
}

/**
 * Returns a changed copy of a clip: speed, pitch and rate, then spectrum, room, band, level and noise,
 * each drawn evenly from its range. Each change draws from a stream of its own, so that switching one off
 * leaves the others as they were.
 */
export function augmentClip(
  samples: Float32Array,
  changes: ClipChanges,
  { sampleRateHz, random, dsp }: AugmentContext,
): Float32Array {
  let changed = samples;
  const make = (
    name: keyof ClipChanges,
    change: (amount: number, seed: number) => Float32Array,
  ): void => {
    const range = changes[name];
    if (!range) return;
    const stream = random.fork(name);
    changed = change(stream.uniform(...range), stream.integer(2 ** 32));
  };
  make('speed', (factor) => dsp.changeSpeed(changed, { factor }));
  make('pitchSemitones', (semitones) => dsp.shiftPitch(changed, { semitones }));
  make('rate', (rate) => dsp.stretchTime(changed, { rate }));
  make('tiltDb', (tiltDb) => tiltSpectrum(changed, { sampleRateHz, tiltDb }));
  make('reverbDecaySec', (decaySec, seed) =>
    dsp.addReverb(changed, { sampleRateHz, decaySec, seed }),
  );
  make('lowestHz', (lowestHz) => limitBand(changed, { sampleRateHz, lowestHz }));
  make('highestHz', (highestHz) => limitBand(changed, { sampleRateHz, highestHz }));
  make('gainDb', (gainDb) => applyGain(changed, { gainDb }));
  make('noiseSnrDb', (snrDb, seed) => addNoise(changed, { snrDb, seed }));
  return changed;
}
