import { SerError } from '@ser/dsp-wasm';
import * as z from 'zod/mini';
import { parseModelValue } from '../parse-model-value.ts';
import type { SpeakerProfile } from './speaker-profile.ts';

/** Key of the prior in the ONNX file's `metadata_props`. */
export const voicesKey = 'ser.voices';
/** The graph's constant that is taken off an embedding before the head sees it. */
export const speakerShift = 'speaker/shift';

/** What a model has heard voices to be like, so that it can tell what of a clip is the voice. */
export interface VoicePrior {
  /** Mean over all training speakers of the means of their clips' embeddings. */
  centre: Float32Array;
  /** Standard deviation over clips of each number, in which distances are measured. */
  scale: Float32Array;
  /** Mean squared distance of a clip from its speaker's mean. */
  within: number;
  /** The same of each corpus that training heard: its speakers, rooms and microphones. */
  corpora: {
    centre: Float32Array;
    /** Mean squared distance of a speaker's mean from the centre. */
    between: number;
  }[];
  /** Whose voice the model was adapted to; null: nobody's. */
  told: SpeakerProfile | null;
}

/** Clips of a speaker that the centre of all weighs as much as, where the recordings are foreign. */
const foreignPriorClips = 3;
/**
 * How far beyond what is usual in a corpus a voice lies that is taken for one of it, and from where on
 * it is foreign: found on corpora that were left out of training.
 */
const known = 1.3;
const foreign = 1.9;

/**
 * What to take off embeddings of a speaker. A voice of a corpus that training heard is compared with
 * the others of it, and the estimate shrunk as an empirical Bayes one is: `n / (n + within / between)`.
 * Foreign recordings differ by room and microphone besides, so they are brought to the mean of all,
 * with `n / (n + 3)`. Between the two the shift is blended by how foreign the voice is.
 *
 * @throws SerError `INVALID_ARGUMENT` for a profile of another model, or numbers that are none.
 */
export function measureShift(profile: SpeakerProfile, prior: VoicePrior): Float32Array {
  checkProfile(profile, prior);
  const { centre, scale, within, corpora } = prior;
  const { clips, mean } = prior.told ? joinProfiles(prior.told, profile) : profile;
  const distances = corpora.map((corpus) => measureDistance(mean, corpus.centre, scale));
  const nearest = distances.indexOf(Math.min(...distances));
  const corpus = corpora[nearest]!;
  const usual = corpus.between + within / clips;
  const excess = (distances[nearest]! / usual - known) / (foreign - known);
  const strangeness = Math.max(0, Math.min(1, excess));
  const near = ((1 - strangeness) * clips) / (clips + within / corpus.between);
  const far = (strangeness * clips) / (clips + foreignPriorClips);
  return mean.map((value, i) => near * (value - corpus.centre[i]!) + far * (value - centre[i]!));
}

/** What is known of a speaker from clips that came at two times. */
export function joinProfiles(first: SpeakerProfile, second: SpeakerProfile): SpeakerProfile {
  const clips = first.clips + second.clips;
  const share = second.clips / clips;
  return {
    clips,
    mean: first.mean.map((value, i) => value + share * (second.mean[i]! - value)),
  };
}

function measureDistance(a: Float32Array, b: Float32Array, scale: Float32Array): number {
  const sum = a.reduce((total, value, i) => total + ((value - b[i]!) / scale[i]!) ** 2, 0);
  return sum / a.length;
}

function checkProfile({ clips, mean }: SpeakerProfile, { centre }: VoicePrior): void {
  if (!(clips > 0 && clips < Infinity)) {
    throw new SerError('INVALID_ARGUMENT', `speaker.clips is ${clips}; it must be above 0.`);
  }
  if (mean.length === centre.length && mean.every(Number.isFinite)) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `speaker.mean has ${mean.length} numbers; it must have ${centre.length}, all finite: a profile is of the model that made it.`,
  );
}

const numbers = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const values = new Float32Array(bytes.buffer);
      if (values.length > 0 && values.every(Number.isFinite)) return values;
    } catch {
      // What is no base64, or no whole numbers, is told as the same.
    }
    context.issues.push({ code: 'custom', message: 'it is no list of numbers', input: text });
    return z.NEVER;
  }),
);
const squared = z.number().check(z.positive());

const priorSchema = z
  .object({
    formatVersion: z.literal(1),
    centre: numbers,
    scale: numbers,
    within: squared,
    corpora: z
      .array(z.object({ centre: numbers, between: squared }))
      .check(z.minLength(1), z.maxLength(100)),
    told: z.nullable(z.object({ clips: squared, mean: numbers })),
  })
  .check(
    z.refine(({ centre, scale, corpora, told }) => {
      const all = [scale, ...corpora.map((corpus) => corpus.centre), ...(told ? [told.mean] : [])];
      return all.every(({ length }) => length === centre.length) && scale.every((each) => each > 0);
    }, 'its lists differ in length, or a scale is not above 0'),
  );

/** @throws SerError `MODEL_INVALID` for what is missing or wrong. */
export function parseVoicePrior(text: string | undefined): VoicePrior {
  if (text === undefined) {
    throw new SerError(
      'MODEL_INVALID',
      `The model's manifest has a speaker; its metadata lacks ${voicesKey}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SerError('MODEL_INVALID', `The model's ${voicesKey} is not JSON.`, { cause });
  }
  const { formatVersion: _, ...prior } = parseModelValue(
    priorSchema,
    value,
    `The model's ${voicesKey}`,
  );
  return prior;
}

/** The text that {@link parseVoicePrior} reads; lists of numbers are float32 in base64. */
export function formatVoicePrior({ centre, scale, within, corpora, told }: VoicePrior): string {
  return JSON.stringify({
    formatVersion: 1,
    ...{ centre: encode(centre), scale: encode(scale), within },
    corpora: corpora.map((corpus) => ({ ...corpus, centre: encode(corpus.centre) })),
    told: told && { ...told, mean: encode(told.mean) },
  });
}

function encode(values: Float32Array): string {
  const bytes = new Uint8Array(values.slice().buffer);
  let characters = '';
  for (const byte of bytes) characters += String.fromCharCode(byte);
  return btoa(characters);
}
