import {
  type Dataset,
  listFolds,
  type ProtocolName,
  readDataset,
  splitDataset,
} from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { locateCorpus } from '../support/real-data.ts';

const corpora = ['ravdess', 'emodb', 'crema-d'] as const;
const datasets = new Map<string, Dataset>();

beforeAll(async () => {
  for (const names of [...corpora.map((name) => [name]), [...corpora]]) {
    datasets.set(names.join(), await readDataset(names.map(locateCorpus)));
  }
});

const all = corpora.join();
const sides = ['train', 'validation', 'test'] as const;

describe.each<[ProtocolName, string, number, { speakers: boolean; covers: boolean }]>([
  ['random', 'ravdess', 1, { speakers: false, covers: false }],
  ['random', all, 1, { speakers: false, covers: false }],
  ['ravdess-5fold', 'ravdess', 5, { speakers: true, covers: true }],
  ['ravdess-5fold', all, 5, { speakers: true, covers: false }],
  ['emodb-loso', 'emodb', 10, { speakers: true, covers: true }],
  ['emodb-loso', all, 10, { speakers: true, covers: false }],
  ['speaker-kfold', 'crema-d', 5, { speakers: true, covers: true }],
  ['speaker-kfold', all, 5, { speakers: true, covers: true }],
  ['cross-corpus', all, 3, { speakers: true, covers: false }],
])('%s on %s', (protocol, names, foldCount, { speakers, covers }) => {
  it.each([0, 1, 2])('crosses no clip, no content and no speaker, seed %i', (seed) => {
    const dataset = datasets.get(names)!;
    const folds = listFolds(dataset, { protocol, seed });
    expect(folds).toHaveLength(foldCount);
    expect(listFolds(dataset, { protocol, seed })).toEqual(folds);
    const tested: string[] = [];
    for (const { fold } of folds) {
      const split = splitDataset(dataset, { protocol, seed, ...(fold !== null && { fold }) });
      const keys = {
        clip: sides.map((side) => split[side].map(({ path }) => path)),
        content: sides.map((side) => split[side].map(({ contentHash }) => contentHash)),
        ...(speakers && {
          speaker: sides.map((side) => [
            ...new Set(split[side].map(({ corpus, speaker }) => `${corpus} ${speaker}`)),
          ]),
        }),
      };
      for (const [what, lists] of Object.entries(keys)) {
        const together = lists.flat();
        expect(new Set(together).size, what).toBe(together.length);
        expect(Math.min(...lists.map(({ length }) => length)), what).toBeGreaterThan(0);
      }
      tested.push(...split.test.map(({ path }) => path));
    }
    if (!covers) return;
    expect(tested.sort()).toEqual(dataset.clips.map(({ path }) => path).sort());
  });
});

it('CREMA-D’s 36 actors make five folds of seven or eight', () => {
  const folds = listFolds(datasets.get('crema-d')!, { protocol: 'speaker-kfold', folds: 5 });
  expect(folds.map(({ test }) => test.length).sort()).toEqual([7, 7, 7, 7, 8]);
});
