import { resolveFeatureConfig, SerError } from '@ser/dsp-wasm';
import * as z from 'zod/mini';
import { highestRateHz, lowestRateHz } from './audio/mono-mixer.ts';
import { parseModelValue } from './parse-model-value.ts';

/** Key of the manifest in the ONNX file's `metadata_props`. */
export const manifestKey = 'ser.manifest';

const probability = z.number().check(z.minimum(0), z.maximum(1));
const positive = () => z.number().check(z.positive());
const positiveInteger = () => z.int().check(z.positive());
const wholeNumber = () => z.int().check(z.nonnegative());
const labelSchema = z.string().check(z.minLength(1), z.maxLength(100));

const trimSchema = z.strictObject({
  topDb: positive(),
  /** Models from before it have none. */
  noiseMarginDb: z.optional(z.nullable(z.number().check(z.nonnegative()))),
  frameLength: positiveInteger(),
  hopLength: positiveInteger(),
});

const featuresSchema = z.pipe(
  z.unknown(),
  z.transform((value, context) => {
    try {
      return resolveFeatureConfig(value as Parameters<typeof resolveFeatureConfig>[0]);
    } catch (error) {
      if (!(error instanceof SerError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  }),
);

/** What both front ends do to a clip before anything is computed from it. */
const preparation = {
  trim: z.nullable(trimSchema),
  /** Mean power, in decibels of full scale, that a trimmed clip is brought to. Absent: its own. */
  levelDb: z.optional(z.number().check(z.minimum(-100), z.maximum(0))),
  /** Seconds of zeros behind the prepared clip. Absent: none. */
  padEndSec: z.optional(z.number().check(z.minimum(0), z.maximum(30))),
  /** Seconds that a shorter clip is filled up to with zeros. Absent: none. */
  padToSec: z.optional(z.number().check(z.minimum(0), z.maximum(30))),
};

const frontEndSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('features'),
      features: featuresSchema,
      /** Whether the clip is brought to mean 0 and variance 1. Absent: no. */
      normalise: z.optional(z.boolean()),
      ...preparation,
    }),
    z.strictObject({
      kind: z.literal('waveform'),
      sampleRateHz: z.int().check(z.minimum(lowestRateHz), z.maximum(highestRateHz)),
      /** Whether the clip is brought to mean 0 and variance 1. */
      normalise: z.boolean(),
      ...preparation,
    }),
  ],
  {
    error: ({ code, input }) =>
      code === 'invalid_union'
        ? `it is ${JSON.stringify((input as { kind?: unknown }).kind)}; it must be features or waveform`
        : undefined,
  },
);

const layersSchema = z.array(wholeNumber()).check(z.minLength(1), z.maxLength(1000));
const encoderSchema = z
  .object({
    name: labelSchema,
    family: labelSchema,
    licence: z.string(),
    languages: z.array(z.string()),
    /** Values of one hidden state. */
    width: positiveInteger(),
    /** Hidden states that the file holds; 0 is what enters the first layer. */
    layers: layersSchema,
    /** Those of them that the model is judged by. */
    used: layersSchema,
    /** Hidden states a second. */
    frameRateHz: positive(),
    /**
     * Frames of the longest input that the encoder takes at once, samples for a waveform; what is
     * longer is judged in pieces. Absent: those of 30 seconds.
     */
    maxFrames: z.optional(positiveInteger()),
    /** Where its weights came from. */
    source: z.optional(z.string()),
  })
  .check(
    z.refine(({ layers, used }) => used.every((index) => layers.includes(index)), {
      path: ['used'],
      error: 'the file does not hold every layer that is used',
    }),
  );

const scoreSchema = z.object({
  protocol: z.string().check(z.minLength(1)),
  split: z.string().check(z.minLength(1)),
  clips: wholeNumber(),
  accuracy: probability,
  uar: probability,
  macroF1: probability,
  ece: z.optional(probability),
  uarInterval95: z.optional(z.tuple([probability, probability])),
});

const isUnique = (labels: readonly string[]) => new Set(labels).size === labels.length;

const manifestSchema = z.object({
  formatVersion: z.literal(1),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  labels: z
    .array(labelSchema)
    .check(z.minLength(2), z.maxLength(1000), z.refine(isUnique, 'labels must be unique')),
  frontEnd: frontEndSchema,
  /**
   * How the graph normalises its input: each column by the training clips, or by the clip, or not at
   * all.
   */
  normalisation: z.enum(['corpus', 'clip', 'none']),
  /** The pretrained encoder inside the graph; the model then gives an `embedding` too. */
  encoder: z.optional(encoderSchema),
  /**
   * Whether the graph takes clips of unequal length together and leaves out what is behind their
   * `lengths`, or one clip at a time. Absent: padded.
   */
  batching: z.optional(z.enum(['padded', 'single'])),
  training: z.object({
    recipe: z.string(),
    seed: wholeNumber(),
    corpora: z.array(
      z.object({ name: z.string(), clips: z.int(), speakers: z.int(), licence: z.string() }),
    ),
    synthetic: z.boolean(),
  }),
  scores: z.array(scoreSchema),
  calibration: z.object({
    /** By which the graph divides its outputs before the softmax. */
    temperature: positive(),
    /**
     * That of windows of a recording, which are judged at one speed and begin and end anywhere.
     * Absent: the same.
     */
    windowTemperature: z.optional(positive()),
  }),
  /**
   * Speeds at which a whole clip is judged, whose probabilities are averaged: `averageOverSpeeds`.
   * Absent: 1 alone.
   */
  speeds: z.optional(
    z.array(z.number().check(z.minimum(0.5), z.maximum(2))).check(z.minLength(1), z.maxLength(16)),
  ),
  /**
   * That the model can be told who speaks: the file holds, beside the manifest, what voices are like in
   * so many corpora. Absent: it cannot.
   */
  speaker: z.optional(z.object({ corpora: positiveInteger() })),
  /** That the model was adapted to clips, inside the graph. */
  adaptation: z.optional(
    z.object({
      clips: positiveInteger(),
      /** What the labels were balanced by. Absent: they were not. */
      labelBias: z.optional(z.array(z.number()).check(z.minLength(2))),
    }),
  ),
  /** Below these a prediction is uncertain; `defaultUncertainty` fills in what is left out. */
  uncertainty: z.optional(
    z.object({
      minConfidence: z.optional(probability),
      minSpeechSec: z.optional(z.number().check(z.nonnegative())),
    }),
  ),
  /** How the file holds its weights, where not as float32; the model computes in float32 always. */
  precision: z.optional(z.enum(['float32', 'float16', 'int8'])),
  generator: z.object({ name: z.literal('ser'), version: z.string() }),
});

/** Settings of the road from decoded audio to the model's input. */
export type FrontEndConfig = z.output<typeof frontEndSchema>;
/** A measured score, with the protocol that makes it comparable. */
export type Score = z.output<typeof scoreSchema>;
/** What a model file says of itself; stored as JSON under {@link manifestKey}. */
export type Manifest = z.output<typeof manifestSchema>;

/**
 * Returns `value` as a validated manifest, with every feature setting filled in.
 *
 * @throws SerError `MODEL_INVALID` naming the first field that is missing or wrong.
 */
export function parseManifest(value: unknown): Manifest {
  return parseModelValue(manifestSchema, value, "The model's manifest");
}

/**
 * Returns `value` as a validated front end, with every feature setting filled in.
 *
 * @throws SerError `MODEL_INVALID` naming the first field that is missing or wrong.
 */
export function parseFrontEnd(value: unknown): FrontEndConfig {
  return parseModelValue(frontEndSchema, value, 'The front end');
}
