import { readFile } from 'node:fs/promises';
import { addNoise, type Dsp, type FeatureMatrix, loadDsp, SerError } from '@ser/dsp-wasm';
import {
  type AudioClip,
  createFrontEnd,
  decodeAudio,
  type FrontEnd,
  type FrontEndConfig,
} from '@ser/runtime/core';
import { augmentClip } from '../augment/augment-clip.ts';
import type { ClipChanges } from '../augment/augmentation-settings.ts';
import { createRandom } from '../random.ts';

/** One clip to extract. */
export interface ExtractTask {
  path: string;
  frontEnd: FrontEndConfig;
  /** The clip's digest; it decides what is drawn, for a copy together with its number. */
  contentHash: string;
  /** A matrix is made for each. */
  speeds: readonly number[];
  /** White noise that the clip is heard in, this many decibels below it; by default none. */
  noiseSnrDb?: number | undefined;
}

/** Changed copies of one clip to extract. */
export interface CopyTask extends Omit<ExtractTask, 'speeds' | 'noiseSnrDb'> {
  changes: ClipChanges;
  /** Numbers of the copies. */
  copies: number[];
}

/** The matrices, or why there are none. */
export type ExtractOutcome = { matrices: FeatureMatrix[] } | { failure: string };

let current: { key: string; frontEnd: Promise<FrontEnd> } | undefined;
let sharedDsp: Promise<Dsp> | undefined;

/** Decodes one clip and computes its features; a clip that cannot be read is an outcome, not an error. */
export function extractClip(task: ExtractTask): Promise<ExtractOutcome> {
  const { path, frontEnd, speeds, noiseSnrDb } = task;
  return tryClip(async () => {
    const clip = await decodeAudio(await readFile(path));
    const heard = noiseSnrDb === undefined ? clip : await hearInNoise(clip, task, noiseSnrDb);
    return (await getFrontEnd(frontEnd)).processAtSpeeds(heard, speeds);
  });
}

/** Noise comes before the silence trim, as it does where somebody records in it. */
async function hearInNoise(
  clip: AudioClip,
  { frontEnd, contentHash }: ExtractTask,
  snrDb: number,
): Promise<AudioClip> {
  const { sampleRateHz } = frontEnd.features;
  const dsp = await getDsp();
  const samples = dsp.resample(clip.samples, { fromHz: clip.sampleRateHz, toHz: sampleRateHz });
  return { samples: addNoise(samples, { snrDb, seed: toSeed(contentHash) }), sampleRateHz };
}

/**
 * Decodes one clip and computes the features of changed copies. Silence is trimmed before the
 * changes, since noise would hide it.
 */
export function extractCopies(task: CopyTask): Promise<ExtractOutcome> {
  const { path, frontEnd, changes, contentHash, copies } = task;
  return tryClip(async () => {
    const clip = await decodeAudio(await readFile(path));
    const dsp = await getDsp();
    const { sampleRateHz } = frontEnd.features;
    const seed = toSeed(contentHash);
    const extractor = await getFrontEnd(frontEnd);
    const samples = extractor.prepare(clip);
    return copies.map((copy) => {
      const random = createRandom(seed).fork(`copy ${copy}`);
      const changed = augmentClip(samples, changes, { sampleRateHz, random, dsp });
      return extractor.process({ samples: changed, sampleRateHz });
    });
  });
}

const toSeed = (contentHash: string): number => Number.parseInt(contentHash.slice(0, 8), 16);

function getDsp(): Promise<Dsp> {
  sharedDsp ??= loadDsp();
  return sharedDsp;
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
