import { readFile } from 'node:fs/promises';
import { type Dsp, type FeatureMatrix, loadDsp, SerError } from '@ser/dsp-wasm';
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
import { type Channel, hearThrough } from './channel.ts';

/** One clip to extract. */
export interface ExtractTask {
  path: string;
  frontEnd: FrontEndConfig;
  /** The clip's digest; it decides what is drawn, for a copy together with its number. */
  contentHash: string;
  /** A matrix is made for each. */
  speeds: readonly number[];
  /** What the clip is heard through, before silence is trimmed; by default nothing. */
  channel?: Channel | undefined;
}

/** Changed copies of one clip to extract. */
export interface CopyTask extends Omit<ExtractTask, 'speeds' | 'channel'> {
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
  const { path, frontEnd, speeds } = task;
  return tryClip(async () => {
    const heard = await hear(await decodeAudio(await readFile(path)), task);
    return (await getFrontEnd(frontEnd)).processAtSpeeds(heard, speeds);
  });
}

async function hear(
  clip: AudioClip,
  { channel, frontEnd, contentHash }: ExtractTask,
): Promise<AudioClip> {
  if (channel === undefined) return clip;
  const { sampleRateHz } = await getFrontEnd(frontEnd);
  const dsp = await getDsp();
  return hearThrough(clip, channel, { sampleRateHz, seed: toSeed(contentHash), dsp });
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
    const seed = toSeed(contentHash);
    const extractor = await getFrontEnd(frontEnd);
    const { sampleRateHz } = extractor;
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
