import { readFile } from 'node:fs/promises';
import { type Dsp, type FeatureMatrix, loadDsp, SerError } from '@ser/dsp-wasm';
import { createFrontEnd, decodeAudio, type FrontEnd, type FrontEndConfig } from '@ser/runtime/core';
import { augmentClip } from '../augment/augment-clip.ts';
import type { ClipChanges } from '../augment/augmentation-settings.ts';
import { createRandom } from '../random.ts';

/** One clip to extract. */
export interface ExtractTask {
  path: string;
  frontEnd: FrontEndConfig;
  /** A matrix is made for each. */
  speeds: readonly number[];
}

/** Changed copies of one clip to extract. */
export interface CopyTask extends Omit<ExtractTask, 'speeds'> {
  changes: ClipChanges;
  /** The clip's digest; with a copy's number it decides what is drawn. */
  contentHash: string;
  /** Numbers of the copies. */
  copies: number[];
}

/** The matrices, or why there are none. */
export type ExtractOutcome = { matrices: FeatureMatrix[] } | { failure: string };

let current: { key: string; frontEnd: Promise<FrontEnd> } | undefined;
let sharedDsp: Promise<Dsp> | undefined;

/** Decodes one clip and computes its features; a clip that cannot be read is an outcome, not an error. */
export function extractClip({ path, frontEnd, speeds }: ExtractTask): Promise<ExtractOutcome> {
  return tryClip(async () => {
    const clip = await decodeAudio(await readFile(path));
    return (await getFrontEnd(frontEnd)).processAtSpeeds(clip, speeds);
  });
}

/**
 * Decodes one clip and computes the features of changed copies. Silence is trimmed before the
 * changes, since noise would hide it.
 */
export function extractCopies(task: CopyTask): Promise<ExtractOutcome> {
  const { path, frontEnd, changes, contentHash, copies } = task;
  return tryClip(async () => {
    const clip = await decodeAudio(await readFile(path));
    sharedDsp ??= loadDsp();
    const dsp = await sharedDsp;
    const { sampleRateHz } = frontEnd.features;
    const seed = Number.parseInt(contentHash.slice(0, 8), 16);
    const extractor = await getFrontEnd(frontEnd);
    const samples = extractor.prepare(clip);
    return copies.map((copy) => {
      const random = createRandom(seed).fork(`copy ${copy}`);
      const changed = augmentClip(samples, changes, { sampleRateHz, random, dsp });
      return extractor.process({ samples: changed, sampleRateHz });
    });
  });
}

function getFrontEnd(config: FrontEndConfig): Promise<FrontEnd> {
  const key = JSON.stringify(config);
  if (current?.key !== key) current = { key, frontEnd: createFrontEnd(config) };
  return current.frontEnd;
}

async function tryClip(extract: () => Promise<FeatureMatrix[]>): Promise<ExtractOutcome> {
  try {
    return { matrices: await extract() };
  } catch (error) {
    if (error instanceof SerError) return { failure: error.message };
    if (error instanceof Error && 'code' in error) return { failure: error.message };
    throw error;
  }
}
