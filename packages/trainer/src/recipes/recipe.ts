import { resolveFeatureConfig, SerError } from '@ser/dsp-wasm';
import { z } from 'zod';
import { augmentationSchema } from '../augment/augmentation-settings.ts';
import { type ModelSettings, modelSchema } from './model-settings.ts';
import { parseSettings } from './parse-settings.ts';
import { findValidationNeed } from './validation-need.ts';

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
  /**
   * What a clip teaches of labels that its corpus lacks: nothing (`open`), since somebody in it may
   * have felt so, or that it is none of them (`wrong`), as that corpus says.
   */
  absentLabels: z.enum(['open', 'wrong']).default('open'),
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

/** The part that recipes of every head have. */
const commonShape = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  description: z.string(),
  /** Labels to learn; clips of others are left out. Null: all that the corpora have. */
  labels: z.array(z.string()).min(2).nullable().default(null),
  /** Labels that count as another one before all else, or null: `{ "calm": "neutral" }`. */
  mergedLabels: z.record(z.string(), z.string().min(1)).nullable().default(null),
  /**
   * Speeds at which the finished model judges a clip, which no training hears of; the probabilities
   * are averaged. Default 1 alone.
   */
  speeds: z.array(z.number().min(0.5).max(2)).min(1).max(16).default([1]),
  /**
   * Share of the training speakers (`random`: of the training clips) that validate. Null: the
   * protocol's own, 0.15 (0.1). 0: all train, none validates.
   */
  validationShare: z.number().min(0).max(0.5).nullable().default(null),
  /** Changed copies of the training clips, or null. Default null. */
  augmentation: augmentationSchema.nullable().default(null),
};

/** A pretrained encoder, whose hidden states a head learns from in place of features. */
const encoderSchema = z.strictObject({
  /** Name of an installed encoder, or the path of an encoder file, or of a model file that has one. */
  source: z.string().min(1),
  /** Hidden states that the head sees; 0 is what enters the first layer. Null: all of the file. */
  layers: z.array(z.int().min(0)).min(1).nullable().default(null),
});

const fineTuningSchema = z.strictObject({
  /** How many layers train, down from the highest whose state the head sees. */
  layers: z.int().min(1).max(200),
  /**
   * Null: their weights train themselves. Else they stay, and low-rank changes of them are trained,
   * those of queries and values: `rank` rows, times `alpha / rank`.
   */
  lora: z
    .strictObject({ rank: z.int().min(1).max(1024), alpha: z.number().positive() })
    .nullable()
    .default(null),
  /** A layer's learning rate as a share of that of the layer above; the head's is `training`'s. */
  learningRateDecay: z.number().gt(0).max(1),
});

/** An encoder in front of a network, whose upper layers may be trained along. */
const networkEncoderSchema = encoderSchema.extend({
  /**
   * Trains the upper layers of an encoder of the family `whisper` along; then `layers` null is the
   * highest of the file. Null: the encoder stays as it is.
   */
  fineTuning: fineTuningSchema.nullable().default(null),
});

/** Fields of a recipe whose head is a network, trained by TensorFlow. */
const networkShape = z.strictObject({
  ...commonShape,
  head: z.literal('network').default('network'),
  /** What stands in front of the network; null: features alone. */
  encoder: networkEncoderSchema.nullable().default(null),
  /**
   * Feature settings; every field has the default of `resolveFeatureConfig`. None with an encoder,
   * which brings its own front end.
   */
  features: z
    .record(z.string(), z.unknown())
    .transform((value, context) => {
      try {
        return resolveFeatureConfig(value);
      } catch (error) {
        if (!(error instanceof SerError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .optional(),
  /** Silence trim, or null. */
  trim: z
    .strictObject({
      topDb: z.number().positive(),
      noiseMarginDb: z.number().nonnegative().nullable().optional(),
      frameLength: z.int().positive(),
      hopLength: z.int().positive(),
    })
    .nullable()
    .default(null),
  /**
   * Mean power, in decibels of full scale, that a trimmed clip is brought to, so that a microphone's
   * level changes nothing. Null: every clip keeps its own.
   */
  levelDb: z.number().min(-100).max(0).nullable().default(null),
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
  /**
   * What comes after the training, or null: so many `epochs` more at another peak learning rate, else
   * as `training` says, in which a `share` of the clips gives way to windows of 3 s, as a long
   * recording is judged in.
   */
  windowTraining: z
    .strictObject({
      epochs: z.int().min(1).max(10_000),
      learningRate: z.number().positive(),
      share: z.number().min(0).max(1),
    })
    .nullable()
    .default(null),
});

/** What no field shows by itself. */
const networkSchema = networkShape.superRefine((recipe, { addIssue }) => {
  const { encoder, features, trim, levelDb } = recipe;
  if (!encoder && !features) {
    addIssue({
      code: 'custom',
      path: ['features'],
      message: 'is missing, and there is no encoder',
    });
  }
  if (encoder && (features || trim || levelDb !== null)) {
    const message = 'brings its own front end: features, trim and levelDb must be left out';
    addIssue({ code: 'custom', path: ['encoder'], message });
  }
  const { lstmUnits, transformer } = recipe.model;
  if (!encoder && lstmUnits.length === 0 && !transformer) {
    const message = 'is empty, which takes a transformer or an encoder';
    addIssue({ code: 'custom', path: ['model', 'lstmUnits'], message });
  }
  const other = (['pretraining', 'distillation', 'windowTraining'] as const).find(
    (part) => encoder?.fineTuning && recipe[part],
  );
  if (other) {
    const message = 'learns from what does not change: an encoder with fineTuning does';
    addIssue({ code: 'custom', path: [other], message });
  }
  const message = recipe.pretraining && whyNotPretrained(recipe.model);
  if (message) addIssue({ code: 'custom', path: ['pretraining'], message });
  const need = recipe.validationShare === 0 && findValidationNeed(recipe.training);
  if (need) {
    const message = `0 leaves no validation clips, and training.${need}`;
    addIssue({ code: 'custom', path: ['validationShare'], message });
  }
});

/** Undefined for a model that `pretrain` can train. */
function whyNotPretrained(model: ModelSettings): string | undefined {
  if (!model.specAugment) return 'takes a model with specAugment, whose masks it fills';
  if (model.pooling === 'last') return 'takes a pooling that sees every frame, not last';
  const other = (['convolution', 'spectrogramConvolution', 'transformer'] as const).find(
    (part) => model[part],
  );
  return other && `is for LSTMs alone, not with ${other}`;
}

/**
 * A recipe whose head is linear, on the statistics of an encoder's hidden states: trained without
 * TensorFlow.
 */
const linearSchema = z.strictObject({
  ...commonShape,
  head: z.literal('linear'),
  encoder: encoderSchema,
  training: z.strictObject({
    /** What weights cost, see `fitLinearHead`. */
    penalty: z.number().positive(),
    labelSmoothing: z.number().min(0).lt(1).default(0),
    /** Weights of the labels in the loss; `balanced`: rare labels count as much as frequent ones. */
    classWeights: z.enum(['none', 'balanced']).default('balanced'),
    /** As for networks. */
    absentLabels: z.enum(['open', 'wrong']).default('open'),
  }),
});

/** The settings of an experiment whose head is a network. */
export type NetworkRecipe = z.output<typeof networkSchema>;
/** The settings of an experiment whose head is linear. */
export type LinearRecipe = z.output<typeof linearSchema>;
/** The settings of an experiment: front end or encoder, model and training. */
export type Recipe = NetworkRecipe | LinearRecipe;
/** How upper layers of an encoder train along. */
export type FineTuningSettings = z.output<typeof fineTuningSchema>;
/** The part of a recipe that the training loop reads. */
export type TrainingSettings = NetworkRecipe['training'];

/**
 * Returns `value` as a validated recipe.
 *
 * @throws SerError `INVALID_ARGUMENT` naming the first wrong field.
 */
export function parseRecipe(value: unknown, source: string): Recipe {
  const isLinear = (value as { head?: unknown } | null)?.head === 'linear';
  const name = `The recipe ${source}`;
  return isLinear
    ? parseSettings(linearSchema, value, name)
    : parseSettings(networkSchema, value, name);
}
