import { z } from 'zod';
import { parseSettings } from './parse-settings.ts';

const modelShape = z.strictObject({
  /**
   * `corpus`: columns are brought to mean 0 and variance 1 over the training clips; `clip`: over
   * each clip's own frames.
   */
  normalisation: z.enum(['corpus', 'clip']),
  /** Masks over frames and columns in training (SpecAugment), or null. */
  specAugment: z
    .strictObject({
      timeMasks: z.int().min(0).max(10),
      timeShare: z.number().min(0).max(1),
      featureMasks: z.int().min(0).max(10),
      featureShare: z.number().min(0).max(1),
    })
    .nullable(),
  /**
   * 3 × 3 convolutions over frames and feature columns in front of all, or null; meant for the set
   * `mel`. Behind each, the maximum of `poolBands` neighbouring columns is kept; `width` projects
   * what is left of a frame.
   */
  spectrogramConvolution: z
    .strictObject({
      channels: z.array(z.int().min(1).max(256)).min(1).max(6),
      poolBands: z.int().min(1).max(8).default(2),
      width: z.int().min(1).max(1024).nullable().default(null),
    })
    .nullable()
    .default(null),
  /**
   * Convolutions over time in front of the LSTMs, or null. `kernelSize` frames are seen by each,
   * and with `stride` 2 the last one halves the frames.
   */
  convolution: z
    .strictObject({
      channels: z.array(z.int().min(1).max(1024)).min(1).max(8),
      kernelSize: z
        .int()
        .min(1)
        .max(31)
        .refine((size) => size % 2 === 1, 'must be odd'),
      stride: z.union([z.literal(1), z.literal(2)]).default(1),
    })
    .nullable()
    .default(null),
  /**
   * Units of each bidirectional LSTM, first to last; none with a transformer. Behind an encoder there
   * may be none of either, and its frames are pooled.
   */
  lstmUnits: z.array(z.int().min(1).max(1024)).max(4),
  /**
   * A transformer in place of the LSTMs, or null: `layers` of self-attention with so many `heads`
   * over vectors of `width`, and of a ReLU network of `feedForward` units.
   */
  transformer: z
    .strictObject({
      layers: z.int().min(1).max(12),
      heads: z.int().min(1).max(16),
      width: z.int().min(2).max(1024).multipleOf(2),
      feedForward: z.int().min(1).max(4096),
    })
    .nullable()
    .default(null),
  /** Adds to the output of each LSTM but the last its input, and normalises the sum. */
  residual: z.boolean().default(false),
  /**
   * What becomes of the frames of a clip: `last`: the last states of both directions of the last
   * LSTM; `attention`: their mean, weighted by a learned score; `statistics`: mean and standard
   * deviation; `last-mean-max`: the last states, mean and maximum.
   */
  pooling: z.enum(['last', 'attention', 'statistics', 'last-mean-max']).default('last'),
  denseUnits: z.int().min(1).max(4096),
  dropout: z.number().min(0).lt(1),
  /** Networks side by side, from other initial weights, whose probabilities are averaged. */
  members: z.int().min(1).max(16).default(1),
});

/** What no field shows by itself. */
export const modelSchema = modelShape.superRefine((model, { addIssue }) => {
  const refuse = (path: string, message: string) =>
    addIssue({ code: 'custom', path: [path], message });
  const { transformer, lstmUnits, residual, pooling } = model;
  if (residual && lstmUnits.length < 2) {
    refuse('residual', 'is true, which takes at least two entries in lstmUnits');
  }
  if (lstmUnits.length === 0 && (pooling === 'last' || pooling === 'last-mean-max')) {
    refuse(
      'pooling',
      `is ${pooling}, which is of LSTMs; without them it takes attention or statistics`,
    );
  }
  if (!transformer) return;
  const { heads, width } = transformer;
  if (lstmUnits.length > 0) {
    refuse(
      'lstmUnits',
      `is [${lstmUnits}]; with a transformer, which stands in place of the LSTMs, it must be []`,
    );
  }
  if (width % heads !== 0) {
    refuse('transformer', `has a width of ${width}, which its ${heads} heads do not divide`);
  }
});

/** The part of a recipe that the model is built from. */
export type ModelSettings = z.output<typeof modelSchema>;
/** The same as it is written: what has a default may be left out. */
export type ModelOptions = z.input<typeof modelSchema>;

/**
 * Returns the settings of a model with every default filled in.
 *
 * @throws SerError `INVALID_ARGUMENT` naming the first wrong field.
 */
export function resolveModelSettings(options: ModelOptions): ModelSettings {
  return parseSettings(modelSchema, options, 'The model of a recipe');
}
