import type { Random } from '../../random.ts';
import type { Emotion } from '../emotions.ts';
import type { Voice } from './voice.ts';

/** How a clip is spoken. The directions follow Scherer 2003 and Banse and Scherer 1996, in outline. */
export interface Prosody {
  /** Pitch level against the voice's own, in semitones. */
  f0Semitones: number;
  /** Height of the accent on a stressed syllable, in semitones. */
  accentSemitones: number;
  /** Pitch change from start to end, in semitones. */
  slopeSemitones: number;
  /** Pitch change over the last syllable, in semitones. */
  finalSemitones: number;
  /** Syllables a second against the voice's own tempo. */
  rate: number;
  /** Level against neutral. */
  energyDb: number;
  /** Level above about 1 kHz against neutral: positive is brighter. */
  tiltDb: number;
  /** Random change of each glottal period, as a share of it. */
  jitter: number;
  /** Depth of a slow tremble of the pitch, in semitones. */
  tremorSemitones: number;
  /** Aspiration added to the voice's own. */
  breath: number;
  /** Share of words that a pause follows. */
  pauses: number;
}

const neutral: Prosody = {
  f0Semitones: 0,
  accentSemitones: 2,
  slopeSemitones: -2,
  finalSemitones: -1,
  rate: 1,
  energyDb: 0,
  tiltDb: 0,
  jitter: 0.006,
  tremorSemitones: 0,
  breath: 0,
  pauses: 0.25,
};

const prosodies: Record<Emotion, Prosody> = {
  neutral,
  calm: {
    ...neutral,
    f0Semitones: -1,
    accentSemitones: 1.2,
    rate: 0.86,
    energyDb: -4,
    tiltDb: -4.5,
    breath: 0.05,
  },
  happy: {
    ...neutral,
    f0Semitones: 4.5,
    accentSemitones: 6,
    slopeSemitones: 0,
    finalSemitones: 2,
    rate: 1.1,
    energyDb: 4,
    tiltDb: 4.5,
    pauses: 0.1,
  },
  sad: {
    ...neutral,
    f0Semitones: -1.5,
    accentSemitones: 0.8,
    slopeSemitones: -3,
    rate: 0.78,
    energyDb: -7,
    tiltDb: -9,
    jitter: 0.012,
    breath: 0.1,
    pauses: 0.6,
  },
  angry: {
    ...neutral,
    f0Semitones: 3,
    accentSemitones: 4.5,
    slopeSemitones: -4,
    finalSemitones: -4,
    rate: 1.16,
    energyDb: 8,
    tiltDb: 9,
    jitter: 0.025,
    pauses: 0.1,
  },
  fearful: {
    ...neutral,
    f0Semitones: 6.5,
    accentSemitones: 2,
    slopeSemitones: 1,
    finalSemitones: 1,
    rate: 1.24,
    energyDb: 0,
    tiltDb: -1.5,
    jitter: 0.02,
    tremorSemitones: 0.9,
    breath: 0.12,
    pauses: 0.5,
  },
  disgust: {
    ...neutral,
    f0Semitones: -2.5,
    accentSemitones: 3,
    slopeSemitones: -4,
    rate: 0.84,
    energyDb: 1,
    tiltDb: 3,
    jitter: 0.03,
  },
  surprised: {
    ...neutral,
    f0Semitones: 5.5,
    accentSemitones: 7,
    slopeSemitones: 4,
    finalSemitones: 6,
    rate: 1.06,
    energyDb: 3,
    tiltDb: 1.5,
    pauses: 0,
  },
  boredom: {
    ...neutral,
    f0Semitones: -2,
    accentSemitones: 0.5,
    slopeSemitones: -1,
    finalSemitones: 0,
    rate: 0.78,
    energyDb: -3,
    tiltDb: -3,
    pauses: 0.3,
  },
};

/** How far one clip strays from its emotion's mean, as standard deviations. */
const spread: Prosody = {
  f0Semitones: 0.7,
  accentSemitones: 0.5,
  slopeSemitones: 0.7,
  finalSemitones: 0.6,
  rate: 0.05,
  energyDb: 1.3,
  tiltDb: 1.2,
  jitter: 0.003,
  tremorSemitones: 0.08,
  breath: 0.015,
  pauses: 0.1,
};

const neverNegative: readonly (keyof Prosody)[] = ['jitter', 'tremorSemitones', 'breath', 'pauses'];

/**
 * Draws the prosody of one clip: the emotion's distance from neutral, times the voice's
 * expressiveness, with a spread from clip to clip.
 */
export function drawProsody(emotion: Emotion, voice: Voice, random: Random): Prosody {
  const drawn = { ...neutral };
  for (const name of Object.keys(neutral) as (keyof Prosody)[]) {
    const distance = prosodies[emotion][name] - neutral[name];
    const value = neutral[name] + voice.expressiveness * distance + spread[name] * random.normal();
    drawn[name] = neverNegative.includes(name) ? Math.max(0, value) : value;
  }
  return drawn;
}
