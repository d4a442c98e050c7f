import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { listFeatureNames } from '@ser/dsp-wasm';
import { createEmbedder } from '@ser/encoders';
import type { FrontEndConfig } from '@ser/runtime/core';
import { writeFileAtomic } from '../atomic-file.ts';
import { locateCache } from '../cache-directory.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { type RecipeEncoder, readRecipeEncoder } from './recipe-encoder.ts';

/** What becomes of a clip before a head sees it: plain JSON, for workers and for names in the cache. */
export interface Representation {
  frontEnd: FrontEndConfig;
  /** What computes a matrix from that of the front end; null: nothing does. */
  encoder: UsedEncoder | null;
}

/** An encoder with what a recipe takes of it, as a graph on disk. */
export interface UsedEncoder {
  graphPath: string;
  /** Digest of the graph, under which results are cached. */
  sha256: string;
  /** Frames of a second, where the graph gives the hidden states frame by frame; null: statistics. */
  frameRateHz: number | null;
  /** Numbers of a frame, or of the statistics. */
  columns: number;
  /** Frames of the zeros behind a clip with which each matrix ends; 0: they are left out. */
  padFrames: number;
  /** Frames of the front end that it takes at most; absent: any number. */
  maxFrames?: number;
}

/**
 * What a recipe's heads learn from. Where it has an encoder, leaves the graph that computes it in the
 * project's cache folder.
 *
 * @param encoder the recipe's, where it has been read already
 * @throws SerError as `readRecipeEncoder`.
 */
export async function selectRepresentation(
  recipe: Recipe,
  encoder?: RecipeEncoder | null,
): Promise<Representation> {
  const read = encoder === undefined ? await readRecipeEncoder(recipe) : encoder;
  if (!read) return { frontEnd: selectFeatures(recipe), encoder: null };
  const { bytes, manifest, tuning } = read;
  const givesFrames = recipe.head === 'network';
  const frames = tuning ? 'padded-frames' : 'frames';
  const layers = tuning ? [tuning.entering] : read.layers;
  const graph = createEmbedder(bytes, { layers, output: givesFrames ? frames : 'embedding' });
  const sha256 = createHash('sha256').update(graph).digest('hex');
  const graphPath = join(locateCache(), 'graphs', `${sha256}.onnx`);
  const isThere = await access(graphPath).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeFileAtomic(graphPath, graph);
  const { frontEnd, maxFrames, width, frameRateHz } = manifest;
  const columns = layers.length * width * (givesFrames ? 1 : 2);
  return {
    frontEnd,
    encoder: {
      ...{ graphPath, sha256, columns, frameRateHz: givesFrames ? frameRateHz : null },
      padFrames: tuning?.padFrames ?? 0,
      ...(maxFrames !== undefined && { maxFrames }),
    },
  };
}

/** The front end of a recipe without an encoder. */
export function selectFeatures(recipe: Recipe): FrontEndConfig {
  if (recipe.head !== 'network' || !recipe.features) throw new Error('The recipe has no features.');
  const { features, trim, levelDb } = recipe;
  return { kind: 'features', features, trim, ...(levelDb !== null && { levelDb }) };
}

/** Frames of a second of the matrix that a head sees; null where it has one row for a whole clip. */
export function measureFrameRate({ frontEnd, encoder }: Representation): number | null {
  if (encoder) return encoder.frameRateHz;
  if (frontEnd.kind === 'waveform') return frontEnd.sampleRateHz;
  return frontEnd.features.sampleRateHz / frontEnd.features.hopLength;
}

/** Columns of the matrix that a head sees. */
export function countColumns({ frontEnd, encoder }: Representation): number {
  if (encoder) return encoder.columns;
  return frontEnd.kind === 'features' ? listFeatureNames(frontEnd.features).length : 1;
}
