import { readFile } from 'node:fs/promises';
import { resolveFeatureConfig, SerError } from '@ser/dsp-wasm';
import { createFrontEnd, decodeAudio, type FrontEnd } from '@ser/runtime/core';

/** What a clip sounds like before any processing, or why no training can use it. */
export type ClipMeasure =
  | { sampleRateHz: number; durationSec: number; clippedShare: number }
  | { code: string; reason: string };

/** From this level on, a 16-bit recorder has run out of numbers. */
const fullScale = 32_766 / 32_768;

let sharedFrontEnd: Promise<FrontEnd> | undefined;

/** Decodes files and measures them, in their order. */
export async function measureFiles(paths: readonly string[]): Promise<ClipMeasure[]> {
  const measures: ClipMeasure[] = [];
  for (const path of paths) measures.push(await measureFile(path));
  return measures;
}

async function measureFile(path: string): Promise<ClipMeasure> {
  try {
    const clip = await decodeAudio(await readFile(path));
    // Refuses what the training's front end refuses.
    (await loadFrontEnd()).prepare(clip);
    const { samples, sampleRateHz } = clip;
    const clipped = samples.reduce((sum, level) => sum + (Math.abs(level) >= fullScale ? 1 : 0), 0);
    return {
      sampleRateHz,
      durationSec: samples.length / sampleRateHz,
      clippedShare: clipped / samples.length,
    };
  } catch (error) {
    if (error instanceof SerError) return { code: error.code, reason: error.message };
    if (error instanceof Error && 'code' in error) {
      return { code: 'FILE_UNREADABLE', reason: error.message };
    }
    throw error;
  }
}

function loadFrontEnd(): Promise<FrontEnd> {
  const features = resolveFeatureConfig();
  sharedFrontEnd ??= createFrontEnd({ kind: 'features', features, trim: null });
  return sharedFrontEnd;
}
