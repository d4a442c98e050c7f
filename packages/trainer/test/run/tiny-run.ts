import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { writeSyntheticCorpus } from '../../src/datasets/synthetic-corpus.ts';
import { parseNetworkRecipe as parseRecipe } from '../network-recipe.ts';

/** A recipe that trains in a second. */
export const tinyRecipe = parseRecipe(
  {
    name: 'tiny',
    description: 'For tests.',
    features: {
      ...{ sampleRateHz: 16000, fftLength: 1024, hopLength: 512, sets: ['mfcc'] },
      ...{ mel: { bands: 32 }, mfcc: { coefficients: 13 } },
    },
    trim: null,
    model: {
      normalisation: 'clip',
      specAugment: null,
      lstmUnits: [8],
      denseUnits: 8,
      dropout: 0.2,
    },
    training: {
      ...{ epochs: 4, batchSize: 16, learningRate: 0.01, schedule: 'one-cycle' },
      ...{ weightDecay: 0.01, gradientClipNorm: 2, labelSmoothing: 0.1, patience: null },
    },
  },
  'tiny',
);

/** Keeps features in `directory/cache` until the test ends; returns that folder. */
export function useOwnCache(directory: string): string {
  const { SER_CACHE_DIR } = process.env;
  const cache = join(directory, 'cache');
  process.env.SER_CACHE_DIR = cache;
  onTestFinished(() => {
    if (SER_CACHE_DIR === undefined) delete process.env.SER_CACHE_DIR;
    else process.env.SER_CACHE_DIR = SER_CACHE_DIR;
  });
  return cache;
}

/** Writes a corpus of 6 synthetic speakers, 4 clips in each of 3 emotions, for one test. */
export async function makeSyntheticCorpus(): Promise<{ directory: string; corpus: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ser-run-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const corpus = join(directory, 'corpus');
  await writeSyntheticCorpus(corpus, {
    speakers: 6,
    clipsPerEmotion: 4,
    emotions: ['neutral', 'happy', 'angry'],
  });
  return { directory, corpus };
}
