import { availableParallelism } from 'node:os';
import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { FrontEndConfig } from '@ser/runtime/core';
import { Tinypool } from 'tinypool';
import { type AugmentationSettings, selectChanges } from '../augment/augmentation-settings.ts';
import type { Clip, SkippedFile } from '../datasets/clip.ts';
import type { CopyTask, ExtractOutcome, ExtractTask } from './extract-worker.ts';
import { FeatureCache } from './feature-cache.ts';

/** A clip with its features. */
export interface ExtractedClip {
  clip: Clip;
  matrix: FeatureMatrix;
}

/** Input of {@link extractClips}, besides the clips. */
export interface ExtractOptions {
  frontEnd: FrontEndConfig;
  /** Called after every clip with the number done. */
  onProgress?: ((done: number) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Worker threads. Default: all cores. */
  threads?: number;
}

/**
 * Computes the features of many clips on all cores, in the order of `clips`; what was computed
 * before comes from the cache. A clip that cannot be read is listed in `skipped` and stops nothing.
 *
 * @throws SerError `ABORTED` after the signal.
 */
export async function extractClips(
  clips: readonly Clip[],
  options: ExtractOptions,
): Promise<{ extracted: ExtractedClip[]; skipped: SkippedFile[] }> {
  const { frontEnd } = options;
  const cache = new FeatureCache({ frontEnd });
  const outcomes = await forEachClip(clips, options, async (clip, pool) => {
    const cached = await cache.read(clip.contentHash);
    if (cached) return { matrices: [cached] };
    const task: ExtractTask = { path: clip.path, frontEnd };
    const outcome: ExtractOutcome = await pool.run(task, { name: 'extractClip' });
    if ('matrices' in outcome) await cache.write(clip.contentHash, outcome.matrices[0]!);
    return outcome;
  });
  const extracted: ExtractedClip[] = [];
  const skipped: SkippedFile[] = [];
  clips.forEach((clip, index) => {
    const outcome = outcomes[index]!;
    if ('matrices' in outcome) extracted.push({ clip, matrix: outcome.matrices[0]! });
    else skipped.push({ path: clip.path, reason: outcome.failure });
  });
  return { extracted, skipped };
}

/**
 * Computes the features of changed copies of clips, `augmentation.copies` of each, on all cores and
 * through the cache. Give it training clips only. What a copy is hangs on the clip's bytes, the
 * copy's number and the settings alone.
 *
 * @throws SerError `ABORTED` after the signal, `FILE_UNREADABLE` for a clip that cannot be read.
 */
export async function extractCopies(
  clips: readonly Clip[],
  options: ExtractOptions & { augmentation: AugmentationSettings },
): Promise<FeatureMatrix[][]> {
  const { frontEnd, augmentation } = options;
  const changes = selectChanges(augmentation);
  const cache = new FeatureCache({ frontEnd, changes });
  return forEachClip(clips, options, async ({ path, contentHash }, pool) => {
    const nameOf = (copy: number): string => `${contentHash}-${copy}`;
    const copies = Array.from({ length: augmentation.copies }, (_, copy) => copy);
    const cached = await Promise.all(copies.map((copy) => cache.read(nameOf(copy))));
    const missing = copies.filter((copy) => !cached[copy]);
    if (missing.length === 0) return cached as FeatureMatrix[];
    const task: CopyTask = { path, frontEnd, changes, contentHash, copies: missing };
    const outcome: ExtractOutcome = await pool.run(task, { name: 'extractCopies' });
    if (!('matrices' in outcome)) {
      throw new SerError('FILE_UNREADABLE', `${path} cannot be augmented: ${outcome.failure}`);
    }
    const { matrices } = outcome;
    await Promise.all(missing.map((copy, at) => cache.write(nameOf(copy), matrices[at]!)));
    missing.forEach((copy, at) => {
      cached[copy] = matrices[at]!;
    });
    return cached as FeatureMatrix[];
  });
}

/** Runs `work` for every clip, with a pool of threads to give tasks to; results in the clips' order. */
async function forEachClip<T>(
  clips: readonly Clip[],
  { onProgress, signal, threads = availableParallelism() }: ExtractOptions,
  work: (clip: Clip, pool: Tinypool) => Promise<T>,
): Promise<T[]> {
  const pool = new Tinypool({
    filename: new URL('./extract-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
  });
  const results: T[] = new Array(clips.length);
  let next = 0;
  let done = 0;
  const workOn = async (): Promise<void> => {
    for (let index = next++; index < clips.length; index = next++) {
      if (signal?.aborted) throw new SerError('ABORTED', 'Feature extraction was stopped.');
      results[index] = await work(clips[index]!, pool);
      onProgress?.(++done);
    }
  };
  try {
    // Two clips a thread keep every thread busy and bound what is in memory at once.
    await Promise.all(Array.from({ length: threads * 2 }, workOn));
  } finally {
    await pool.destroy();
  }
  return results;
}
