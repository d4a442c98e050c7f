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
  /** Factor of the speed: pitch and formants move with it. Drawn in steps of 0.01. */
  speed: range(0.5, 2),
  /** Slope of the spectrum in dB an octave around 1 kHz: other rooms and microphones. */
  tiltDbPerOctave: range(-12, 12),
  /** Level. */
  gainDb: range(-40, 40),
  /** White noise, as the ratio of the clip's power to the noise's. */
  noiseSnrDb: range(-10, 80),
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
