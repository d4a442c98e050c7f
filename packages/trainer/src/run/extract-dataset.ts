import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { Clip, Dataset } from '../datasets/clip.ts';
import { extractClips } from '../features/extract-clips.ts';
import type { Representation } from '../features/representation.ts';

/** A dataset whose clips all have features. */
export interface ExtractedDataset {
  dataset: Dataset;
  matrices: Map<Clip, FeatureMatrix>;
}

/** Settings of {@link extractDataset}. */
export interface ExtractDatasetOptions {
  representation: Representation;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Computes the features of every clip of a dataset. Clips that cannot be read leave it and are
 * listed in its `skipped`.
 *
 * @throws SerError `DATASET_INVALID` when no clip is left.
 */
export async function extractDataset(
  dataset: Dataset,
  { representation, onProgress, signal }: ExtractDatasetOptions,
): Promise<ExtractedDataset> {
  const total = dataset.clips.length;
  const { extracted, skipped } = await extractClips(dataset.clips, {
    representation,
    onProgress: (done) => onProgress?.(done, total),
    ...(signal && { signal }),
  });
  if (extracted.length === 0) {
    throw new SerError(
      'DATASET_INVALID',
      `None of the ${total} clips can be read; the first: ${skipped[0]?.reason}`,
    );
  }
  const clips = extracted.map(({ clip }) => clip);
  const present = new Set(clips.map(({ label }) => label));
  return {
    dataset: {
      ...dataset,
      clips,
      corpora: dataset.corpora.map((corpus) => ({ ...corpus, ...countClips(clips, corpus.name) })),
      labels: dataset.labels.filter((label) => present.has(label)),
      skipped: [...dataset.skipped, ...skipped],
    },
    matrices: new Map(extracted.map(({ clip, matrix }) => [clip, matrix])),
  };
}

function countClips(clips: readonly Clip[], corpus: string): { clips: number; speakers: number } {
  const own = clips.filter((clip) => clip.corpus === corpus);
  return { clips: own.length, speakers: new Set(own.map(({ speaker }) => speaker)).size };
}
