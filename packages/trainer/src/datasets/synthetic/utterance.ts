import type { Random } from '../../random.ts';

/** The first four formants of a speech sound, in hertz, for a formant scale of 1. */
export type Formants = readonly [number, number, number, number];

/** A stretch of sound with one target. */
export interface Segment {
  durationSec: number;
  formants: Formants;
  /** Amplitude of the voice, 0 to 1. */
  voice: number;
  /** Amplitude of friction noise, 0 to 1. */
  friction: number;
  /** Where the friction is centred. */
  frictionHz: number;
  /** The stressed syllable's number within the utterance, else null. */
  accent: number | null;
}

const vowels: readonly Formants[] = [
  [730, 1150, 2500, 3500],
  [530, 1750, 2500, 3500],
  [300, 2200, 2900, 3600],
  [500, 900, 2450, 3400],
  [330, 850, 2300, 3300],
  [500, 1450, 2450, 3450],
];

const nasalFormants: Formants = [260, 1250, 2200, 3200];
const frictionCentresHz = [2800, 4300, 5600];

/**
 * Draws nonsense speech: three or four words of one or two syllables, each syllable a consonant
 * (stop, fricative or nasal) and a vowel; the first syllable of a word is stressed.
 *
 * @param syllableSec mean length of a syllable
 * @param pauses chance of a pause after a word
 */
export function drawUtterance(syllableSec: number, pauses: number, random: Random): Segment[] {
  const segments: Segment[] = [];
  const words = 3 + random.integer(2);
  let syllable = 0;
  for (let word = 0; word < words; word++) {
    const syllables = 1 + random.integer(2);
    for (let position = 0; position < syllables; position++) {
      const stressed = position === 0;
      const vowel = vowels[random.integer(vowels.length)]!;
      const accent = stressed ? syllable : null;
      const lengthSec = syllableSec * random.uniform(0.85, 1.15) * (stressed ? 1.15 : 0.9);
      segments.push(...drawConsonant(lengthSec * 0.38, vowel, random));
      segments.push(sound(lengthSec * 0.62, vowel, { voice: stressed ? 1 : 0.75, accent }));
      syllable++;
    }
    if (word < words - 1 && random.next() < pauses) {
      segments.push(sound(random.uniform(0.08, 0.2), nasalFormants, {}));
    }
  }
  return segments;
}

function drawConsonant(lengthSec: number, vowel: Formants, random: Random): Segment[] {
  const frictionHz = frictionCentresHz[random.integer(frictionCentresHz.length)]!;
  switch (random.integer(4)) {
    case 0:
      return [
        sound(lengthSec * 0.7, vowel, {}),
        sound(lengthSec * 0.3, vowel, { friction: 0.8, frictionHz }),
      ];
    case 1:
      return [sound(lengthSec, vowel, { friction: 0.45, frictionHz })];
    case 2:
      return [sound(lengthSec, vowel, { friction: 0.25, frictionHz, voice: 0.3 })];
    default:
      return [sound(lengthSec, nasalFormants, { voice: 0.45 })];
  }
}

function sound(
  durationSec: number,
  formants: Formants,
  { voice = 0, friction = 0, frictionHz = 4000, accent = null }: Partial<Segment>,
): Segment {
  return { durationSec, formants, voice, friction, frictionHz, accent };
}
