import {
  defaultUncertainty,
  type LiveUpdate,
  type Prediction,
  type Segment,
  segmentFormats,
} from '@ser/runtime';
import { z } from 'zod';
import { parseNames } from '../parse-names.ts';

const seconds = z.number().nonnegative();
const probability = z.number().min(0).max(1);

/** An error: a stable code for programs and a sentence for people. */
export const errorSchema = z
  .object({ code: z.string(), message: z.string() })
  .meta({ id: 'Error', description: 'What went wrong: a stable code, and one sentence.' });

const judgementShape = {
  label: z.string().describe('The label with the highest probability.'),
  confidence: probability.describe('Its probability.'),
  probabilities: z.record(z.string(), probability).describe('Of every label; they add up to 1.'),
};

/** What the model makes of one clip. */
export const predictionSchema = z
  .object({
    ...judgementShape,
    label: judgementShape.label
      .nullable()
      .describe('The label with the highest probability; null where nobody speaks.'),
    confidence: probability.describe('Its probability; 0 where there is none.'),
    uncertain: z
      .object({
        reason: z.enum(['no-speech', 'little-speech', 'low-confidence']),
        message: z.string(),
      })
      .nullable()
      .describe(
        `Why not to rely on the label, or why there is none; or null. Unless the model says otherwise, under ${defaultUncertainty.minSpeechSec} s of sound or a confidence below ${defaultUncertainty.minConfidence}.`,
      ),
    durationSec: seconds.describe('Length of the clip as decoded.'),
  })
  .meta({ id: 'Prediction' }) satisfies z.ZodType<Prediction>;

/** The answer to a form of files: for each, in order, its prediction or its error. */
export const outcomesSchema = z
  .object({
    results: z.array(
      z.union([
        z.object({ name: z.string(), prediction: predictionSchema }),
        z.object({ name: z.string(), error: errorSchema }),
      ]),
    ),
  })
  .meta({ id: 'Outcomes', description: 'One entry a file, in order; names are the form’s own.' });
export type Outcomes = z.output<typeof outcomesSchema>;

/** A stretch of speech. */
export const segmentSchema = z
  .object({
    startSec: seconds,
    endSec: seconds,
    label: z.string(),
    confidence: probability.describe('Mean probability of the label over the stretch.'),
  })
  .meta({ id: 'Segment' }) satisfies z.ZodType<Segment>;

/** What the service runs, and what it allows. */
export const modelSchema = z
  .object({
    version: z.string().describe('Of this service.'),
    labels: z.array(z.string()),
    manifest: z
      .looseObject({ name: z.string(), labels: z.array(z.string()) })
      .describe('What the model file says of itself: settings, training data, measured scores.'),
    limits: z.object({
      maxBodyBytes: z.int(),
      maxFiles: z.int(),
      maxDurationSec: z.number(),
      timeoutSec: z.number(),
    }),
  })
  .meta({ id: 'Model' });

const windowing = {
  windowSec: z.coerce.number().min(0.5).max(30).default(3).describe('Length of a window.'),
};

const labels = z
  .string()
  .optional()
  .describe('Labels among which to answer, such as `happy,sad`; absent: all.');

const flag = z.enum(['true', 'false']);

const oneSpeaker = flag
  .default('false')
  .describe('Whether one person speaks alone: judged relative to the voice.');

/** Query of `POST /v1/predict`. */
export const predictQuerySchema = z.strictObject({
  speechCheck: flag.default('true').describe('Whether a clip in which nobody speaks has no label.'),
  labels,
});

/** Query of `POST /v1/timeline`. */
export const timelineQuerySchema = z.strictObject({
  format: z.enum(segmentFormats).default('json').describe('Of the answer.'),
  ...windowing,
  hopSec: z.coerce.number().min(0.25).max(30).default(1).describe('From window to window.'),
  ...{ oneSpeaker, labels },
});

/** Query of the WebSocket `/v1/stream`. */
export const streamQuerySchema = z.strictObject({
  sampleRateHz: z.coerce.number().int().min(1000).max(768_000).describe('Of the samples sent.'),
  format: z.enum(['f32', 's16']).default('f32').describe('Of the samples sent, little-endian.'),
  ...windowing,
  hopSec: z.coerce.number().min(0.25).max(30).default(0.5).describe('From update to update.'),
  ...{ oneSpeaker, labels },
});
export type StreamQuery = z.output<typeof streamQuerySchema>;

const updateSchema = z.object({
  timeSec: seconds.describe('The moment, in audio time.'),
  prediction: z
    .object(judgementShape)
    .nullable()
    .describe('Of the speech that goes on; null while nobody speaks.'),
}) satisfies z.ZodType<LiveUpdate>;

/** What the WebSocket sends, each as one text message. */
export const streamMessageSchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('ready'),
      labels: z.array(z.string()),
      latencySec: seconds.describe('After how much audio, at most, a sound is part of an update.'),
    }),
    updateSchema.extend({ type: z.literal('update') }),
    z.object({ type: z.literal('error'), ...errorSchema.shape }),
  ])
  .meta({ id: 'StreamMessage' });
export type StreamMessage = z.output<typeof streamMessageSchema>;

/** What queries say in texts as the runtime takes it. */
export function readFollowing<Query extends { oneSpeaker: string; labels?: string | undefined }>({
  oneSpeaker,
  labels,
  ...query
}: Query) {
  return { ...query, oneSpeaker: oneSpeaker === 'true', ...readLabels(labels) };
}

/** @see readFollowing */
export function readLabels(labels: string | undefined): { labels?: string[] } {
  return labels === undefined ? {} : { labels: parseNames(labels) };
}
