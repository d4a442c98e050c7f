import { readdirSync } from 'node:fs';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveFeatureConfig } from '@ser/dsp-wasm';
import { expect, it } from 'vitest';
import { readDataset } from '../../src/datasets/read-dataset.ts';
import { selectFeatures } from '../../src/features/representation.ts';
import { parseNetworkRecipe } from '../network-recipe.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const dist = (path: string): Promise<unknown> =>
  import(new URL(`../../dist/${path}`, import.meta.url).href);
const { extractDataset } = (await dist(
  'run/extract-dataset.js',
)) as typeof import('../../src/run/extract-dataset.ts');
const { extractClips, extractCopies } = (await dist(
  'features/extract-clips.js',
)) as typeof import('../../src/features/extract-clips.ts');

const representation = { frontEnd: selectFeatures(tinyRecipe), encoder: null };

/** A corpus and a cache of its own, for one test. */
async function prepare() {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  return corpus;
}

it('lists clips that vanish or cannot be decoded, and goes on with the others', async () => {
  const corpus = await prepare();
  await writeFile(join(corpus, 'happy/noise.wav'), 'no sound at all');
  const dataset = await readDataset([corpus]);
  const [vanished, cut, ...others] = dataset.clips.filter(({ id }) => !id.endsWith('noise.wav'));
  await rm(vanished!.path);
  await truncate(cut!.path, 3000);
  const progress: number[] = [];
  const { dataset: rest, matrices } = await extractDataset(dataset, {
    representation,
    onProgress: (done) => progress.push(done),
  });
  expect(rest.clips).toEqual(others);
  expect([...matrices.keys()]).toEqual(others);
  expect(progress.at(-1)).toBe(dataset.clips.length);
  expect(Object.fromEntries(rest.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
    [join(corpus, 'happy/noise.wav')]: expect.stringContaining('not audio that is known'),
    [vanished!.path]: expect.stringContaining('ENOENT'),
    [cut!.path]: expect.stringContaining('truncated'),
  });
  expect(rest.corpora).toMatchObject([{ clips: others.length, speakers: 6 }]);
});

it('ends with the name of a clip that vanished before its copies were made', async () => {
  const corpus = await prepare();
  const { clips } = await readDataset([corpus]);
  await rm(clips[5]!.path);
  const copies = extractCopies(clips, {
    representation,
    augmentation: {
      ...{ copies: 1, versionsPerEpoch: 1, gainDb: [-3, 3], speed: null, pitchSemitones: null },
      ...{ rate: null, tiltDb: null, reverbDecaySec: null, noiseSnrDb: null },
      ...{ lowestHz: null, highestHz: null },
    },
  });
  await expect(copies).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining(clips[5]!.path),
  });
});

it('makes copies with each change that a recipe can ask for, once', async () => {
  const corpus = await prepare();
  const dataset = await readDataset([corpus]);
  const clips = dataset.clips.slice(0, 1);
  const { matrices } = await extractDataset({ ...dataset, clips }, { representation });
  const plain = matrices.get(clips[0]!)!.data;
  for (const change of [
    { speed: [1.1, 1.1] },
    { pitchSemitones: [2, 2] },
    { rate: [0.9, 0.9] },
    { tiltDb: [9, 9] },
    { reverbDecaySec: [0.4, 0.4] },
    { gainDb: [6, 6] },
    { noiseSnrDb: [15, 15] },
    { lowestHz: [500, 500] },
    { highestHz: [2000, 2000] },
  ]) {
    const recipe = parseNetworkRecipe(
      { ...tinyRecipe, augmentation: { copies: 2, ...change } },
      'test',
    );
    const extract = () =>
      extractCopies(clips, { representation, augmentation: recipe.augmentation! });
    const [copies] = await extract();
    expect(copies).toHaveLength(2);
    for (const { data } of copies!) {
      const differences = data.map((value, at) => Math.abs(value - (plain[at] ?? 0)));
      // In decibels, as MFCCs count.
      expect(Math.max(...differences), Object.keys(change)[0]).toBeGreaterThan(1);
    }
    // The second time they come from the cache.
    expect(await extract()).toEqual([copies]);
  }
});

it('has nothing to say without a clip that can be read', async () => {
  const corpus = await prepare();
  const dataset = await readDataset([corpus]);
  await Promise.all(dataset.clips.map(({ path }) => truncate(path, 10)));
  await expect(extractDataset(dataset, { representation })).rejects.toMatchObject({
    code: 'DATASET_INVALID',
    message: expect.stringContaining('None of the 72 clips can be read'),
  });
});

it('finds a part of the feature sets in what it stored of all, to the bit', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  const clips = (await readDataset([corpus])).clips.slice(0, 3);
  const extract = async (cache: string, sets: string[]) => {
    useOwnCache(join(directory, cache));
    const features = resolveFeatureConfig({ ...tinyRecipe.features, sets: sets as [] });
    const frontEnd = { kind: 'features', features, trim: null } as const;
    const { extracted } = await extractClips(clips, {
      representation: { frontEnd, encoder: null },
    });
    return extracted.map(({ matrix }) => matrix);
  };
  const entries = (cache: string) =>
    readdirSync(join(directory, cache, 'cache', 'features'), { recursive: true }).map(String);
  const alone = await extract('alone', ['chroma', 'contrast']);
  await extract('shared', ['mfcc', 'chroma', 'mel', 'contrast']);
  const stored = entries('shared');
  expect(await extract('shared', ['contrast', 'chroma'])).toEqual(alone);
  expect(entries('shared')).toEqual(stored);
});
