import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import { Tinypool } from 'tinypool';
import { type AugmentationSettings, selectChanges } from '../augment/augmentation-settings.ts';
import type { Clip, SkippedFile } from '../datasets/clip.ts';
import type { Channel } from './channel.ts';
import type { CopyTask, ExtractOutcome, ExtractTask, WindowTask } from './extract-worker.ts';
import { FeatureCache } from './feature-cache.ts';
import type { Representation } from './representation.ts';

/** A clip with its features. */
export interface ExtractedClip {
  clip: Clip;
  matrix: FeatureMatrix;
}

/** Input of {@link extractClips}, besides the clips. */
export interface ExtractOptions {
  representation: Representation;
  /** Called after every clip with the number done. */
  onProgress?: ((done: number) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Worker threads. Default: all cores. */
  threads?: number;
}

/** Input of {@link extractCopies}, besides the clips. */
export interface CopyOptions extends ExtractOptions {
  augmentation: AugmentationSettings;
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
  const outcomes = await extractOutcomes(clips, { ...options, speeds: [1] });
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
 * Computes the features of clips at each of `speeds`, on all cores and through the cache. Those at
 * speed 1 are taken from `matrices` where it is given.
 *
 * @param options.channel what the clips are heard through; a clip's noise is the same at every call.
 *   Default: nothing
 * @returns for each clip a matrix a speed
 * @throws SerError `ABORTED` after the signal, `FILE_UNREADABLE` for a clip that cannot be read.
 */
export async function extractAtSpeeds(
  clips: readonly Clip[],
  options: ExtractOptions & {
    matrices?: ReadonlyMap<Clip, FeatureMatrix>;
    speeds: readonly number[];
    channel?: Channel | undefined;
  },
): Promise<FeatureMatrix[][]> {
  const { matrices, speeds } = options;
  const others = matrices ? speeds.filter((speed) => speed !== 1) : speeds;
  const outcomes = await extractOutcomes(clips, { ...options, speeds: others });
  return clips.map((clip, at) => {
    const played = takeMatrices(outcomes[at]!, `${clip.path} cannot be read`);
    return speeds.map((speed) => played[others.indexOf(speed)] ?? matrices!.get(clip)!);
  });
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
  options: CopyOptions,
): Promise<FeatureMatrix[][]> {
  const extract = await createCopyExtraction(options);
  return forEachItem(clips, options, extract);
}

/**
 * Leaves in the cache what {@link extractCopies} would return: for processes that will ask for it at
 * the same time.
 *
 * @throws SerError as {@link extractCopies}.
 */
export async function prepareCopies(clips: readonly Clip[], options: CopyOptions): Promise<void> {
  const extract = await createCopyExtraction(options);
  await forEachItem(clips, options, async (clip, pool) => {
    await extract(clip, pool);
  });
}

/**
 * Computes the matrices of windows of 3 s, every second, of what the clips of each group hold one
 * behind the other, as a timeline would, on all cores and through the cache.
 *
 * @returns for each group one row a window; for a representation that gives a row for a whole clip.
 * @throws SerError `ABORTED` after the signal, `FILE_UNREADABLE` for a clip that cannot be read.
 */
export async function extractWindows(
  groups: readonly (readonly Clip[])[],
  options: ExtractOptions,
): Promise<FeatureMatrix[][]> {
  const { representation } = options;
  const cache = new FeatureCache({ representation, ofWindows: true });
  await cache.markUsed();
  return forEachItem(groups, options, async (group, pool) => {
    const hashes = group.map(({ contentHash }) => contentHash).join();
    const name = createHash('sha256').update(hashes).digest('hex');
    const outcome = await completeFromCache([{ cache, name }], () => {
      const task: WindowTask = { paths: group.map(({ path }) => path), representation };
      return pool.run(task, { name: 'extractWindows' });
    });
    const [rows] = takeMatrices(outcome, `${group[0]!.path} and others like it cannot be cut`);
    return listRows(rows!);
  });
}

function listRows({ data, frames, features }: FeatureMatrix): FeatureMatrix[] {
  return Array.from({ length: frames }, (_, row) => ({
    data: data.subarray(row * features, (row + 1) * features),
    ...{ frames: 1, features },
  }));
}

async function createCopyExtraction({
  representation,
  augmentation,
}: CopyOptions): Promise<(clip: Clip, pool: Tinypool) => Promise<FeatureMatrix[]>> {
  const changes = selectChanges(augmentation);
  const cache = new FeatureCache({ representation, changes });
  await cache.markUsed();
  return async ({ path, contentHash }, pool) => {
    const copies = Array.from({ length: augmentation.copies }, (_, copy) => copy);
    const entries = copies.map((copy) => ({ cache, name: `${contentHash}-${copy}` }));
    const outcome = await completeFromCache(entries, (missing) => {
      const task: CopyTask = { path, representation, changes, contentHash, copies: missing };
      return pool.run(task, { name: 'extractCopies' });
    });
    return takeMatrices(outcome, `${path} cannot be augmented`);
  };
}

async function extractOutcomes(
  clips: readonly Clip[],
  options: ExtractOptions & { speeds: readonly number[]; channel?: Channel | undefined },
): Promise<ExtractOutcome[]> {
  const { representation, speeds, channel } = options;
  const caches = speeds.map((speed) => new FeatureCache({ representation, speed, channel }));
  await Promise.all(caches.map((cache) => cache.markUsed()));
  return forEachItem(clips, options, async ({ path, contentHash }, pool) => {
    const entries = caches.map((cache) => ({ cache, name: contentHash }));
    return completeFromCache(entries, (missing) => {
      const missed = missing.map((at) => speeds[at]!);
      const task: ExtractTask = { path, contentHash, representation, speeds: missed, channel };
      return pool.run(task, { name: 'extractClip' });
    });
  });
}

/** Reads entries from the cache; those that it lacks are computed at once, and stored. */
async function completeFromCache(
  entries: readonly { cache: FeatureCache; name: string }[],
  compute: (missing: number[]) => Promise<ExtractOutcome>,
): Promise<ExtractOutcome> {
  const matrices = await Promise.all(entries.map(({ cache, name }) => cache.read(name)));
  const missing = [...entries.keys()].filter((at) => !matrices[at]);
  if (missing.length > 0) {
    const outcome = await compute(missing);
    if ('failure' in outcome) return outcome;
    await Promise.all(
      missing.map((at, order) => {
        matrices[at] = outcome.matrices[order]!;
        return entries[at]!.cache.write(entries[at]!.name, matrices[at]);
      }),
    );
  }
  return { matrices: matrices as FeatureMatrix[] };
}

function takeMatrices(outcome: ExtractOutcome, complaint: string): FeatureMatrix[] {
  if ('matrices' in outcome) return outcome.matrices;
  throw new SerError('FILE_UNREADABLE', `${complaint}: ${outcome.failure}`);
}

/** Runs `work` for every item, with a pool of threads to give tasks to; results in their order. */
async function forEachItem<Item, T>(
  items: readonly Item[],
  { onProgress, signal, threads = availableParallelism() }: ExtractOptions,
  work: (item: Item, pool: Tinypool) => Promise<T>,
): Promise<T[]> {
  const pool = new Tinypool({
    filename: new URL('./extract-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
  });
  const results: T[] = new Array(items.length);
  let next = 0;
  let done = 0;
  const workOn = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      if (signal?.aborted) throw new SerError('ABORTED', 'Feature extraction was stopped.');
      results[index] = await work(items[index]!, pool);
      onProgress?.(++done);
    }
  };
  try {
    // Two items a thread keep every thread busy and bound what is in memory at once.
    await Promise.all(Array.from({ length: threads * 2 }, workOn));
  } finally {
    await pool.destroy();
  }
  return results;
}
