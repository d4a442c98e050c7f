import { readFile } from 'node:fs/promises';
import { type Dsp, type FeatureMatrix, loadDsp, SerError } from '@ser/dsp-wasm';
import {
  type AudioClip,
  createFrontEnd,
  decodeAudio,
  type FrontEnd,
  listWindows,
} from '@ser/runtime/core';
import { augmentClip } from '../augment/augment-clip.ts';
import type { ClipChanges } from '../augment/augmentation-settings.ts';
import { createRandom } from '../random.ts';
import { type Channel, hearThrough } from './channel.ts';
import { type Encode, openEncoder } from './encode.ts';
import { joinFrames } from './frames.ts';
import type { Representation } from './representation.ts';

/** One clip to extract. */
export interface ExtractTask {
  path: string;
  representation: Representation;
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

/** Clips whose windows are to be extracted, as if they were one recording. */
export interface WindowTask {
  paths: readonly string[];
  representation: Representation;
}

/** The matrices, or why there are none. */
export type ExtractOutcome = { matrices: FeatureMatrix[] } | { failure: string };

let current: { key: string; road: Promise<Road> } | undefined;
let sharedDsp: Promise<Dsp> | undefined;

/** Decodes one clip and computes its features; a clip that cannot be read is an outcome, not an error. */
export function extractClip(task: ExtractTask): Promise<ExtractOutcome> {
  const { path, representation, speeds } = task;
  return tryClip(async () => {
    const { frontEnd, encode } = await getRoad(representation);
    const heard = await hear(await decodeAudio(await readFile(path)), frontEnd, task);
    return encodeAll(frontEnd.processAtSpeeds(heard, speeds), encode);
  });
}

async function hear(
  clip: AudioClip,
  { sampleRateHz }: FrontEnd,
  { channel, contentHash }: ExtractTask,
): Promise<AudioClip> {
  if (channel === undefined) return clip;
  const dsp = await getDsp();
  return hearThrough(clip, channel, { sampleRateHz, seed: toSeed(contentHash), dsp });
}

/**
 * Decodes one clip and computes the features of changed copies. Silence is trimmed before the
 * changes, since noise would hide it.
 */
export function extractCopies(task: CopyTask): Promise<ExtractOutcome> {
  const { path, representation, changes, contentHash, copies } = task;
  return tryClip(async () => {
    const clip = await decodeAudio(await readFile(path));
    const dsp = await getDsp();
    const seed = toSeed(contentHash);
    const { frontEnd, encode } = await getRoad(representation);
    const { sampleRateHz } = frontEnd;
    const samples = frontEnd.prepare(clip);
    const matrices = copies.map((copy) => {
      const random = createRandom(seed).fork(`copy ${copy}`);
      const changed = augmentClip(samples, changes, { sampleRateHz, random, dsp });
      return frontEnd.process({ samples: changed, sampleRateHz });
    });
    return encodeAll(matrices, encode);
  });
}

/** The windows of several clips one behind the other, a row each, as one matrix. */
export function extractWindows({ paths, representation }: WindowTask): Promise<ExtractOutcome> {
  return tryClip(async () => {
    const { frontEnd, encode } = await getRoad(representation);
    const { sampleRateHz } = frontEnd;
    const parts: Float32Array[] = [];
    for (const path of paths) parts.push(frontEnd.prepare(await decodeAudio(await readFile(path))));
    const samples = joinSamples(parts);
    const matrices = listWindows({ length: samples.length, sampleRateHz }).map(({ start, end }) =>
      frontEnd.processWindow({ samples: samples.subarray(start, end), sampleRateHz }),
    );
    return [joinFrames(await encodeAll(matrices, encode))];
  });
}

function joinSamples(parts: readonly Float32Array[]): Float32Array {
  return joinFrames(parts.map((data) => ({ data, frames: data.length, features: 1 }))).data;
}

const toSeed = (contentHash: string): number => Number.parseInt(contentHash.slice(0, 8), 16);

function getDsp(): Promise<Dsp> {
  sharedDsp ??= loadDsp();
  return sharedDsp;
}

/** From a clip to the matrix of a representation. */
interface Road {
  frontEnd: FrontEnd;
  encode: Encode | null;
}

function getRoad(representation: Representation): Promise<Road> {
  const key = JSON.stringify(representation);
  if (current?.key !== key) current = { key, road: openRoad(representation) };
  return current.road;
}

async function openRoad({ frontEnd: config, encoder }: Representation): Promise<Road> {
  const frontEnd = await createFrontEnd(config);
  return { frontEnd, encode: encoder && (await openEncoder(encoder, frontEnd)) };
}

/** One after the other: a session of one thread gains nothing by overlap. */
async function encodeAll(matrices: FeatureMatrix[], encode: Encode | null) {
  if (!encode) return matrices;
  const encoded: FeatureMatrix[] = [];
  for (const matrix of matrices) encoded.push(await encode(matrix));
  return encoded;
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
