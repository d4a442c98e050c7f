import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveFeatureConfig, SerError } from '@ser/dsp-wasm';
import { z } from 'zod';
import { augmentationSchema } from '../augment/augmentation-settings.ts';

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
  /** Units of each bidirectional LSTM, first to last; none with a transformer. */
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
const modelSchema = modelShape.superRefine((model, { addIssue }) => {
  const refuse = (path: string, message: string) =>
    addIssue({ code: 'custom', path: [path], message });
  const { transformer, lstmUnits, residual, pooling } = model;
  if (residual && lstmUnits.length < 2) {
    refuse('residual', 'is true, which takes at least two entries in lstmUnits');
  }
  if (!transformer) {
    if (lstmUnits.length === 0) refuse('lstmUnits', 'is empty, which takes a transformer');
    return;
  }
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
  if (pooling === 'last' || pooling === 'last-mean-max') {
    refuse(
      'pooling',
      `is ${pooling}, which is of LSTMs; a transformer takes attention or statistics`,
    );
  }
});

const trainingSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000),
  batchSize: z.int().min(1).max(1024),
  /** Peak learning rate of Adam. */
  learningRate: z.number().positive(),
  /**
   * `one-cycle` rises to the peak over the first 30 % of the steps and falls to nearly 0;
   * `reduce-on-plateau` halves after every 5 epochs without a lower validation loss.
   */
  schedule: z.enum(['constant', 'cosine', 'one-cycle', 'reduce-on-plateau']),
  /** Decoupled weight decay (AdamW), a step. */
  weightDecay: z.number().min(0),
  /** Largest global norm of a gradient; null: gradients are not clipped. */
  gradientClipNorm: z.number().positive().nullable(),
  labelSmoothing: z.number().min(0).lt(1),
  /** Which clips an epoch draws: every one once, or as many, an equal share of each group. */
  sampling: z
    .enum(['every-clip', 'balanced-labels', 'balanced-corpora', 'balanced-labels-and-corpora'])
    .default('every-clip'),
  /** Weights of the labels in the loss; `balanced`: rare labels count as much as frequent ones. */
  classWeights: z.enum(['none', 'balanced']).default('none'),
  /** Alpha of mixup: clips of a batch are mixed by shares from Beta(alpha, alpha). Null: not mixed. */
  mixup: z.number().positive().max(4).nullable().default(null),
  /**
   * Which weights remain: those of the epoch with the best validation UAR, those of the last, or the
   * mean over the last quarter of the epochs (stochastic weight averaging).
   */
  keep: z.enum(['best', 'last', 'average']).default('best'),
  /** Epochs without a better validation UAR before training stops; null: it never stops early. */
  patience: z.int().min(1).nullable(),
});

function whyNotPretrained(model: z.output<typeof modelSchema>): string | undefined {
  if (!model.specAugment) return 'takes a model with specAugment, whose masks it fills';
  if (model.pooling === 'last') return 'takes a pooling that sees every frame, not last';
  const other = (['convolution', 'spectrogramConvolution', 'transformer'] as const).find(
    (part) => model[part],
  );
  return other && `is for LSTMs alone, not with ${other}`;
}

const recipeSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
    description: z.string(),
    /** Labels to learn; clips of others are left out. Null: all that the corpora have. */
    labels: z.array(z.string()).min(2).nullable().default(null),
    /** Feature settings; every field has the default of `resolveFeatureConfig`. */
    features: z.record(z.string(), z.unknown()).transform((value, context) => {
      try {
        return resolveFeatureConfig(value);
      } catch (error) {
        if (!(error instanceof SerError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    }),
    /** Silence trim, or null. */
    trim: z
      .strictObject({
        topDb: z.number().positive(),
        frameLength: z.int().positive(),
        hopLength: z.int().positive(),
      })
      .nullable(),
    /**
     * Share of the training speakers (`random`: of the training clips) that validate. Null: the
     * protocol's own, 0.15 (0.1).
     */
    validationShare: z.number().gt(0).max(0.5).nullable().default(null),
    /** Changed copies of the training clips, or null. Default null. */
    augmentation: augmentationSchema.nullable().default(null),
    model: modelSchema,
    /**
     * What comes before the labels, or null: for so many `epochs` the frames that `specAugment` masks
     * are guessed from the rest of the clip.
     */
    pretraining: z
      .strictObject({ epochs: z.int().min(1).max(10_000) })
      .nullable()
      .default(null),
    /**
     * A teacher, or null: `members` networks like the model's own are trained first, and their mean
     * probability of each label for a clip is `share` of what the model then learns, the clip's label
     * the rest.
     */
    distillation: z
      .strictObject({
        members: z.int().min(1).max(16),
        share: z.number().gt(0).max(1),
      })
      .nullable()
      .default(null),
    training: trainingSchema,
  })
  .superRefine(({ pretraining, model }, { addIssue }) => {
    if (!pretraining) return;
    const message = whyNotPretrained(model);
    if (message) addIssue({ code: 'custom', path: ['pretraining'], message });
  });

/** The settings of an experiment: front end, model and training. */
export type Recipe = z.output<typeof recipeSchema>;
/** The part of a recipe that the model is built from. */
export type ModelSettings = Recipe['model'];
/** The same as it is written: what has a default may be left out. */
export type ModelOptions = z.input<typeof modelSchema>;
/** The part of a recipe that the training loop reads. */
export type TrainingSettings = Recipe['training'];

/**
 * Returns `value` as a validated recipe.
 *
 * @throws SerError `INVALID_ARGUMENT` naming the first wrong field.
 */
export function parseRecipe(value: unknown, source: string): Recipe {
  return parse(recipeSchema, value, `The recipe ${source}`);
}

/**
 * Returns the settings of a model with every default filled in.
 *
 * @throws SerError `INVALID_ARGUMENT` naming the first wrong field.
 */
export function resolveModelSettings(options: ModelOptions): ModelSettings {
  return parse(modelSchema, options, 'The model of a recipe');
}

function parse<T>(schema: z.ZodType<T>, value: unknown, subject: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SerError(
    'INVALID_ARGUMENT',
    `${subject} is wrong at ${issue?.path.join('.') || '(root)'}: ${issue?.message}.`,
  );
}

/**
 * Reads a recipe: a name of one that comes with the package (`reference`, or `no-noise` of the
 * experiments), or the path of a JSON file. A recipe that `extends` another one says only what it changes: objects are
 * merged field by field, anything else replaces what was there.
 *
 * @throws SerError `FILE_NOT_FOUND` or `INVALID_ARGUMENT`.
 */
export async function readRecipe(nameOrPath: string): Promise<Recipe> {
  return parseRecipe(await readFields(nameOrPath, []), nameOrPath);
}

type Fields = Record<string, unknown>;

/** The recipe's fields, with those of the recipes that it extends. */
async function readFields(nameOrPath: string, extendedBy: readonly string[]): Promise<Fields> {
  if (extendedBy.includes(nameOrPath)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The recipe ${nameOrPath} extends itself: ${[...extendedBy, nameOrPath].join(' → ')}.`,
    );
  }
  const { extends: base, ...fields } = await readJson(nameOrPath);
  if (base === undefined) return fields;
  if (typeof base !== 'string') {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The recipe ${nameOrPath} is wrong at extends: it must be a recipe's name or path.`,
    );
  }
  const path = base.endsWith('.json') ? join(dirname(nameOrPath), base) : base;
  return mergeFields(await readFields(path, [...extendedBy, nameOrPath]), fields);
}

function mergeFields(base: Fields, changes: Fields): Fields {
  const merged = { ...base };
  for (const [name, change] of Object.entries(changes)) {
    const previous = merged[name];
    merged[name] = isFields(previous) && isFields(change) ? mergeFields(previous, change) : change;
  }
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJson(nameOrPath: string): Promise<Fields> {
  const text = await readText(nameOrPath).catch(() => {
    throw new SerError(
      'FILE_NOT_FOUND',
      `There is no recipe ${nameOrPath}: give a recipe's name (see packages/trainer/recipes) or a .json file.`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SerError('INVALID_ARGUMENT', `The recipe ${nameOrPath} is not JSON.`, {
      cause: error,
    });
  }
  if (isFields(value)) return value;
  throw new SerError('INVALID_ARGUMENT', `The recipe ${nameOrPath} is not a JSON object.`);
}

function readText(nameOrPath: string): Promise<string> {
  if (nameOrPath.endsWith('.json')) return readFile(nameOrPath, 'utf8');
  const file = `${encodeURIComponent(nameOrPath)}.json`;
  const read = (folder: string) =>
    readFile(new URL(`../../recipes/${folder}${file}`, import.meta.url), 'utf8');
  return read('').catch(() => read('experiments/'));
}
