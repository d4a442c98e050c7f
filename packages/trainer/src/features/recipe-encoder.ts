import { createHash } from 'node:crypto';
import { assertLayers, type EncoderManifest, extractEncoder, readEncoderFile } from '@ser/encoders';
import type { Recipe } from '../recipes/recipe.ts';
import { readEncoder } from './encoder-source.ts';

/** An encoder as a recipe uses it. */
export interface RecipeEncoder {
  /** Of the encoder file, and their digest: a name may come to mean another file. */
  bytes: Uint8Array;
  sha256: string;
  manifest: EncoderManifest;
  /** Hidden states that the head sees. */
  layers: number[];
}

/**
 * Reads the encoder of a recipe; null where it has none.
 *
 * @throws SerError `FILE_NOT_FOUND` or `ENCODER_INVALID`.
 */
export async function readRecipeEncoder({ encoder }: Recipe): Promise<RecipeEncoder | null> {
  if (!encoder) return null;
  const bytes = extractEncoder(await readEncoder(encoder.source));
  const manifest = readEncoderFile(bytes);
  const layers = encoder.layers ?? manifest.layers;
  assertLayers(manifest, layers);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, manifest, layers };
}
