import { availableParallelism } from 'node:os';
import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { FrontEndConfig } from '@ser/runtime/core';
import { Tinypool } from 'tinypool';
import type { Clip, SkippedFile } from '../datasets/clip.ts';
import type { ExtractOutcome, ExtractTask } from './extract-worker.ts';
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
  onProgress?: (done: number) => void;
  signal?: AbortSignal;
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
  { frontEnd, onProgress, signal, threads = availableParallelism() }: ExtractOptions,
): Promise<{ extracted: ExtractedClip[]; skipped: SkippedFile[] }> {
  const cache = new FeatureCache(frontEnd);
  const pool = new Tinypool({
    filename: new URL('./extract-worker.js', import.meta.url).href,
    name: 'extractClip',
    minThreads: 0,
    maxThreads: threads,
  });
  const outcomes: ExtractOutcome[] = new Array(clips.length);
  let next = 0;
  let done = 0;
  const extractNext = async (): Promise<void> => {
    for (let index = next++; index < clips.length; index = next++) {
      if (signal?.aborted) throw new SerError('ABORTED', 'Feature extraction was stopped.');
      const clip = clips[index]!;
      const cached = await cache.read(clip.contentHash);
      const task: ExtractTask = { path: clip.path, frontEnd };
      const outcome: ExtractOutcome = cached ? { matrix: cached } : await pool.run(task);
      if (!cached && 'matrix' in outcome) await cache.write(clip.contentHash, outcome.matrix);
      outcomes[index] = outcome;
      onProgress?.(++done);
    }
  };
  try {
    // Two tasks a thread keep every thread busy and bound what is in memory at once.
    await Promise.all(Array.from({ length: threads * 2 }, extractNext));
  } finally {
    await pool.destroy();
  }
  const extracted: ExtractedClip[] = [];
  const skipped: SkippedFile[] = [];
  clips.forEach((clip, index) => {
    const outcome = outcomes[index]!;
    if ('matrix' in outcome) extracted.push({ clip, matrix: outcome.matrix });
    else skipped.push({ path: clip.path, reason: outcome.failure });
  });
  return { extracted, skipped };
}
