import { SerError } from '@ser/dsp-wasm';
import { readMetadata } from '@ser/onnx';
import { type FrontEndConfig, parseFrontEnd } from '@ser/runtime/core';
import { z } from 'zod';

/** Key of an encoder's manifest in the ONNX file's metadata. */
export const encoderKey = 'ser.encoder';

const encoderSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** As it is named on the command line and in recipes, such as `whisper-tiny.en`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  /** The kind of network, such as `whisper` or `wav2vec2`. */
  family: z.string().min(1).max(40),
  /** Of the weights. */
  licence: z.string().min(1).max(200),
  /** Languages that it was trained on, as IETF tags, or `multilingual`; empty: not known. */
  languages: z.array(z.string().min(1).max(40)).max(200),
  /** Numbers of a frame. */
  width: z.int().min(1).max(8192),
  /** The hidden states that the file gives, by number; 0 is what enters the first layer. */
  layers: z.array(z.int().min(0).max(200)).min(1).max(201),
  /** Frames of the hidden states in a second. */
  frameRateHz: z.number().positive().max(1000),
  /** Rows of the input that the encoder takes at most; absent: any number. */
  maxFrames: z.int().positive().optional(),
  frontEnd: z.unknown().transform((value, context): FrontEndConfig => {
    try {
      return parseFrontEnd(value);
    } catch (error) {
      context.addIssue((error as Error).message.replace(/\.$/, ''));
      return z.NEVER;
    }
  }),
  /** `padded`: clips of other lengths may stand in one batch. `single`: one clip at a time. */
  batching: z.enum(['padded', 'single']),
  /** Where the weights came from: what a reader needs to find them again. */
  source: z.string().max(500),
});

/** What an encoder file says of itself; stored as JSON under {@link encoderKey}. */
export type EncoderManifest = z.output<typeof encoderSchema>;

/**
 * Returns the manifest that an encoder file carries.
 *
 * @throws SerError `ENCODER_INVALID` saying what is wrong or missing.
 *
 * @example
 * const { name, licence, layers } = readEncoderFile(await readFile('whisper-tiny.en.onnx'));
 */
export function readEncoderFile(bytes: Uint8Array): EncoderManifest {
  const text = readMetadata(bytes)[encoderKey];
  if (text === undefined) {
    throw new SerError(
      'ENCODER_INVALID',
      `The file is not an encoder: its metadata has no '${encoderKey}' entry.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SerError('ENCODER_INVALID', `The encoder's '${encoderKey}' entry is not JSON.`, {
      cause,
    });
  }
  return parseEncoderManifest(value);
}

/**
 * Returns `value` as a validated manifest of an encoder, with every feature setting filled in.
 *
 * @throws SerError `ENCODER_INVALID` naming the first field that is missing or wrong.
 */
export function parseEncoderManifest(value: unknown): EncoderManifest {
  const parsed = encoderSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SerError(
    'ENCODER_INVALID',
    `The encoder's manifest is wrong at ${issue?.path.join('.') || '(root)'}: ${issue?.message}.`,
  );
}

/** @throws SerError `ENCODER_INVALID` unless the encoder gives all of `layers`. */
export function assertLayers(
  { name, layers: given }: Pick<EncoderManifest, 'name' | 'layers'>,
  layers: readonly number[],
): void {
  const missing = layers.find((layer) => !given.includes(layer));
  if (missing === undefined) return;
  throw new SerError(
    'ENCODER_INVALID',
    `layers has ${missing}; the encoder ${name} gives the hidden states ${given.join(', ')}.`,
  );
}
