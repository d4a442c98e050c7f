import { z } from 'zod';

/** A range to draw from, both ends included; null: this change is never made. */
function range(lowest: number, highest: number) {
  const end = z.number().min(lowest).max(highest);
  return z
    .tuple([end, end])
    .refine(([low, high]) => low <= high, 'the first number must not be above the second')
    .nullable()
    .default(null);
}

const changeFields = {
  /** Factor of the speed: pitch and formants move with it. */
  speed: range(0.5, 2),
  /** Semitones; the length stays. */
  pitchSemitones: range(-12, 12),
  /** Factor of the speaking rate; the pitch stays. */
  rate: range(0.5, 2),
  /** Gain at the top of the spectrum less gain at the bottom: other microphones. */
  tiltDb: range(-60, 60),
  /** Time in which a room's sound falls by 60 dB. */
  reverbDecaySec: range(0.01, 3),
  /** Level. */
  gainDb: range(-40, 40),
  /** White noise, as the ratio of the clip's power to the noise's. */
  noiseSnrDb: range(-10, 80),
  /** Lower edge of the band that a microphone or a telephone lets pass. */
  lowestHz: range(1, 4000),
  /** Upper edge of that band; from half the sample rate on nothing is cut. */
  highestHz: range(1000, 48000),
};

/** Validates the `augmentation` of a recipe. */
export const augmentationSchema = z
  .strictObject({
    /** Changed copies made of each training clip. */
    copies: z.int().min(1).max(100),
    /** How many of a clip's versions, itself and its copies, an epoch trains on. */
    versionsPerEpoch: z.int().min(1).max(101).default(1),
    ...changeFields,
  })
  .refine(({ copies, versionsPerEpoch }) => versionsPerEpoch <= copies + 1, {
    path: ['versionsPerEpoch'],
    message: 'a clip has copies + 1 versions',
  });

/** How training clips are varied. */
export type AugmentationSettings = z.output<typeof augmentationSchema>;

/** What is done to a copy: the settings that its samples hang on. */
export type ClipChanges = Pick<AugmentationSettings, keyof typeof changeFields>;

/** The part of the settings that a copy's samples hang on, in a fixed order. */
export function selectChanges(settings: AugmentationSettings): ClipChanges {
  const names = Object.keys(changeFields) as (keyof ClipChanges)[];
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as unknown as ClipChanges;
}
