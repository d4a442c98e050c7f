import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { extractClips } from '../features/extract-clips.ts';
import type { Recipe } from '../recipes/recipe.ts';

/** A dataset whose clips all have features. */
export interface LoadedDataset {
  dataset: Dataset;
  matrices: Map<Clip, FeatureMatrix>;
}

/** Input of {@link loadDataset}, besides the folders. */
export interface LoadOptions {
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Reads corpora and computes the features of every clip. Clips that cannot be read leave the
 * dataset and are listed in its `skipped`.
 *
 * @throws SerError `DATASET_INVALID` when no clip is left.
 */
export async function loadDataset(
  directories: readonly string[],
  { features, trim }: Pick<Recipe, 'features' | 'trim'>,
  { onProgress, signal }: LoadOptions = {},
): Promise<LoadedDataset> {
  const listed = await readDataset(directories);
  const { extracted, skipped } = await extractClips(listed.clips, {
    frontEnd: { kind: 'features', features, trim },
    onProgress: (done) => onProgress?.(done, listed.clips.length),
    ...(signal && { signal }),
  });
  if (extracted.length === 0) {
    throw new SerError(
      'DATASET_INVALID',
      `None of the ${listed.clips.length} clips can be read; the first: ${skipped[0]?.reason}`,
    );
  }
  const clips = extracted.map(({ clip }) => clip);
  const present = new Set(clips.map(({ label }) => label));
  return {
    dataset: {
      ...listed,
      clips,
      labels: listed.labels.filter((label) => present.has(label)),
      skipped: [...listed.skipped, ...skipped],
    },
    matrices: new Map(extracted.map(({ clip, matrix }) => [clip, matrix])),
  };
}
