import { resolveFeatureConfig, SerError } from '@ser/dsp-wasm';
import { z } from 'zod';

/** Key of the manifest in the ONNX file's `metadata_props`. */
export const manifestKey = 'ser.manifest';

const probability = z.number().min(0).max(1);

const trimSchema = z.strictObject({
  topDb: z.number().positive(),
  frameLength: z.int().positive(),
  hopLength: z.int().positive(),
});

const frontEndSchema = z.strictObject({
  kind: z.literal('features'),
  features: z.unknown().transform((value, context) => {
    try {
      return resolveFeatureConfig(value as Parameters<typeof resolveFeatureConfig>[0]);
    } catch (error) {
      if (!(error instanceof SerError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  }),
  trim: trimSchema.nullable(),
});

const scoreSchema = z.object({
  protocol: z.string().min(1),
  split: z.string().min(1),
  clips: z.int().nonnegative(),
  accuracy: probability,
  uar: probability,
  macroF1: probability,
  ece: probability.optional(),
  uarInterval95: z.tuple([probability, probability]).optional(),
});

const manifestSchema = z.object({
  formatVersion: z.literal(1),
  name: z.string().min(1).max(200),
  labels: z
    .array(z.string().min(1).max(100))
    .min(2)
    .max(1000)
    .refine((labels) => new Set(labels).size === labels.length, 'labels must be unique'),
  frontEnd: frontEndSchema,
  /** How features are normalised inside the graph: per column over the training clips, or per clip. */
  normalisation: z.enum(['corpus', 'clip']),
  training: z.object({
    recipe: z.string(),
    seed: z.int().nonnegative(),
    corpora: z.array(
      z.object({ name: z.string(), clips: z.int(), speakers: z.int(), licence: z.string() }),
    ),
    synthetic: z.boolean(),
  }),
  scores: z.array(scoreSchema),
  calibration: z.object({ temperature: z.number().positive() }),
  /** Below these a prediction is uncertain; `defaultUncertainty` fills in what is left out. */
  uncertainty: z
    .object({
      minConfidence: probability.optional(),
      minSpeechSec: z.number().nonnegative().optional(),
    })
    .optional(),
  /** How the file holds its weights, where not as float32; the model computes in float32 always. */
  precision: z.enum(['float32', 'float16', 'int8']).optional(),
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
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || '(root)';
  throw new SerError(
    'MODEL_INVALID',
    `The model's manifest is wrong at ${field}: ${issue?.message}.`,
  );
}
