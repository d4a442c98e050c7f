import { createHash } from 'node:crypto';
import { SerError } from '@ser/dsp-wasm';
import {
  assertLayers,
  type EncoderManifest,
  extractEncoder,
  readEncoderFile,
  readWhisperFile,
  type WhisperWeights,
} from '@ser/encoders';
import type { FineTuningSettings, Recipe } from '../recipes/recipe.ts';
import { readEncoder } from './encoder-source.ts';

/** An encoder as a recipe uses it. */
export interface RecipeEncoder {
  /** Of the encoder file, and their digest: a name may come to mean another file. */
  bytes: Uint8Array;
  sha256: string;
  manifest: EncoderManifest;
  /** Hidden states that the head sees. */
  layers: number[];
  /** Upper layers that train along; null: none. */
  tuning: EncoderTuning | null;
}

/** The layers of an encoder that train along with a head. */
export interface EncoderTuning {
  settings: FineTuningSettings;
  weights: WhisperWeights;
  /** The hidden state that enters the lowest of them, as the file gives it. */
  entering: number;
  /** The state that the highest of them gives: the last that the head sees. */
  last: number;
  /** Frames at the end of a clip's states that do not count: those of the zeros behind it. */
  padFrames: number;
}

/**
 * Reads the encoder of a recipe; null where it has none.
 *
 * @throws SerError `FILE_NOT_FOUND` or `ENCODER_INVALID`; `INVALID_ARGUMENT` for layers to train that
 *   are not there, or that the head sees from below.
 */
export async function readRecipeEncoder({ encoder }: Recipe): Promise<RecipeEncoder | null> {
  if (!encoder) return null;
  const bytes = extractEncoder(await readEncoder(encoder.source));
  const manifest = readEncoderFile(bytes);
  const settings = 'fineTuning' in encoder ? encoder.fineTuning : null;
  const given = settings ? [Math.max(...manifest.layers)] : manifest.layers;
  const layers = encoder.layers ?? given;
  assertLayers(manifest, layers);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const tuning = settings && readTuning({ bytes, manifest, layers }, settings);
  return { bytes, sha256, manifest, layers, tuning };
}

function readTuning(
  { bytes, manifest, layers }: Pick<RecipeEncoder, 'bytes' | 'manifest' | 'layers'>,
  settings: FineTuningSettings,
): EncoderTuning {
  const weights = readWhisperFile(bytes);
  const last = Math.max(...layers);
  const entering = last - settings.layers;
  const below = layers.find((layer) => layer < entering);
  if (entering < 0 || below !== undefined) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `encoder.fineTuning.layers is ${settings.layers} and encoder.layers [${layers.join(', ')}]; ${
        entering < 0
          ? `the encoder has ${last} layers up to there`
          : `the head may see no state below ${entering}, which enters the lowest layer that trains`
      }.`,
    );
  }
  assertLayers(manifest, [entering]);
  const { frontEnd, frameRateHz } = manifest;
  const padFrames = Math.round((frontEnd.padEndSec ?? 0) * frameRateHz);
  return { settings, weights, entering, last, padFrames };
}
