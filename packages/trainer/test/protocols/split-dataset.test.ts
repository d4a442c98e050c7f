import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clipKey, speakerKey } from '../../src/datasets/clip.ts';
import { assertDisjoint } from '../../src/protocols/assert-disjoint.ts';
import type { ProtocolName, Split } from '../../src/protocols/split.ts';
import { listFolds, splitDataset } from '../../src/protocols/split-dataset.ts';
import { readSplitFile, writeSplitFile } from '../../src/protocols/split-file.ts';
import { makeDataset } from '../corpora/fake-dataset.ts';

const sides = ['train', 'validation', 'test'] as const;

function countLabels(clips: readonly { label: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { label } of clips) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function listSpeakers(clips: Split['train']): string[] {
  return [...new Set(clips.map(speakerKey))].sort();
}

const ravdess = makeDataset('ravdess');
const emodb = makeDataset('emodb');
const cremaD = makeDataset('crema-d');
const merged = makeDataset('ravdess', 'emodb', 'crema-d');

it('all trains on every clip, and tests none', () => {
  const split = splitDataset(merged, { protocol: 'all', validationShare: 0.5 });
  expect(split).toEqual({
    ...{ protocol: 'all', seed: 0, fold: null, train: merged.clips, validation: [], test: [] },
  });
  expect(() => splitDataset(merged, { protocol: 'all', fold: 0 })).toThrow(/has no folds/);
});

describe.each<[ProtocolName, typeof ravdess, string, boolean, boolean]>([
  ['random', ravdess, 'RAVDESS', false, false],
  ['random', merged, 'all corpora', false, false],
  ['ravdess-5fold', ravdess, 'RAVDESS', true, true],
  ['emodb-loso', emodb, 'EMO-DB', true, true],
  ['speaker-kfold', cremaD, 'CREMA-D', true, true],
  ['speaker-kfold', merged, 'all corpora', true, true],
  ['cross-corpus', merged, 'all corpora', true, false],
  ['ravdess-5fold', merged, 'all corpora', true, false],
])('%s on %#: %s', (protocol, dataset, _, speakerIndependent, coversOnce) => {
  const folds = listFolds(dataset, { protocol });
  const positions = new Map(dataset.clips.map((clip, at) => [clip, at]));
  const split = (fold: number | null, seed: number) =>
    splitDataset(dataset, { protocol, seed, ...(fold === null ? {} : { fold }) });

  it.each([0, 1, 2, 3, 4])('crosses nothing, seed %i', (seed) => {
    const tested = new Map<string, number>();
    for (const { fold } of folds) {
      const result = split(fold, seed);
      assertDisjoint(result, { speakers: speakerIndependent });
      for (const side of sides) {
        expect(result[side].length).toBeGreaterThan(0);
        const order = result[side].map((clip) => positions.get(clip)!);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
      for (const clip of result.test) {
        tested.set(clipKey(clip), (tested.get(clipKey(clip)) ?? 0) + 1);
      }
    }
    if (coversOnce) {
      expect(tested.size).toBe(dataset.clips.length);
      expect(new Set(tested.values())).toEqual(new Set([1]));
    }
  });

  it('repeats by seed and changes with it', () => {
    const fold = folds[0]!.fold;
    expect(split(fold, 3)).toEqual(split(fold, 3));
    expect(split(fold, 3).validation).not.toEqual(split(fold, 4).validation);
  });

  it('trains on what would validate where the share is 0, and tests the same', () => {
    for (const { fold } of folds) {
      const { train, validation, test } = splitDataset(dataset, {
        ...{ protocol, validationShare: 0 },
        ...(fold !== null && { fold }),
      });
      expect(validation).toEqual([]);
      const shared = split(fold, 0);
      expect(new Set(train)).toEqual(new Set([...shared.train, ...shared.validation]));
      expect(test).toEqual(shared.test);
    }
  });
});

describe('random', () => {
  it('keeps label shares: 288 test clips of 1,440, 115 for validation', () => {
    const { train, validation, test } = splitDataset(ravdess, { protocol: 'random' });
    expect([train.length, validation.length, test.length]).toEqual([1037, 115, 288]);
    const { neutral, ...others } = countLabels(test);
    expect(neutral).toBe(19);
    for (const count of Object.values(others)) expect([38, 39]).toContain(count);
    expect(Object.keys(countLabels(validation))).toHaveLength(8);
    expect(listSpeakers(test).length).toBe(24);
  });

  it('gives each side a clip of every label, or says why not', () => {
    const few = { ...emodb, clips: emodb.clips.filter((clip) => clip.id.startsWith('03a0')) };
    expect(() => splitDataset(few, { protocol: 'random' })).not.toThrow();
    few.clips = few.clips.slice(0, 9);
    expect(() => splitDataset(few, { protocol: 'random' })).toThrow('at least 3 of each label');
  });
});

describe('speaker protocols', () => {
  it('tests the published RAVDESS actors and validates on three others', () => {
    const tests = [0, 1, 2, 3, 4].map((fold) => {
      const split = splitDataset(ravdess, { protocol: 'ravdess-5fold', fold });
      expect(listSpeakers(split.validation)).toHaveLength(3);
      return listSpeakers(split.test).map((speaker) => Number(speaker.split('/')[1]));
    });
    expect(tests).toEqual([
      [2, 5, 14, 15, 16],
      [3, 6, 7, 13, 18],
      [10, 11, 12, 19, 20],
      [8, 17, 21, 23, 24],
      [1, 4, 9, 22],
    ]);
  });

  it('leaves each EMO-DB speaker out once', () => {
    const folds = listFolds(emodb, { protocol: 'emodb-loso' });
    expect(folds.map(({ test }) => test.join())).toEqual(
      ['03', '08', '09', '10', '11', '12', '13', '14', '15', '16'].map((name) => `emodb/${name}`),
    );
    const split = splitDataset(emodb, { protocol: 'emodb-loso', fold: 3 });
    expect(listSpeakers(split.validation)).toHaveLength(2);
    expect(listSpeakers(split.train)).toHaveLength(7);
  });

  it('balances folds of unequal speakers', () => {
    const uneven = { ...emodb, clips: emodb.clips.filter((_, at) => at % 7 < 2 || at < 200) };
    const folds = listFolds(uneven, { protocol: 'speaker-kfold', folds: 4, seed: 9 });
    const sizes = folds.map(
      ({ test }) => uneven.clips.filter((clip) => test.includes(speakerKey(clip))).length,
    );
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(70);
    expect(folds.flatMap(({ test }) => test)).toHaveLength(10);
  });

  it('adds further corpora to training only', () => {
    const split = splitDataset(merged, { protocol: 'ravdess-5fold', fold: 1 });
    expect(new Set(split.test.map(({ corpus }) => corpus))).toEqual(new Set(['ravdess']));
    expect(new Set(split.validation.map(({ corpus }) => corpus))).toEqual(new Set(['ravdess']));
    expect(new Set(split.train.map(({ corpus }) => corpus)).size).toBe(3);
  });
});

describe('cross-corpus', () => {
  it('tests each corpus in turn on the labels that both sides have', () => {
    const splits = listFolds(merged, { protocol: 'cross-corpus' }).map(({ fold, test }) => ({
      name: test[0],
      split: splitDataset(merged, { protocol: 'cross-corpus', fold: fold! }),
    }));
    expect(splits.map(({ name }) => name)).toEqual(['ravdess', 'emodb', 'crema-d']);
    const shared = ['angry', 'disgust', 'fearful', 'happy', 'neutral', 'sad'];
    for (const { name, split } of splits) {
      expect(new Set(split.test.map(({ corpus }) => corpus))).toEqual(new Set([name]));
      expect([...split.train, ...split.validation].some(({ corpus }) => corpus === name)).toBe(
        false,
      );
      for (const side of sides)
        expect(Object.keys(countLabels(split[side])).sort()).toEqual(shared);
      expect(new Set(split.validation.map(({ corpus }) => corpus)).size).toBe(2);
    }
  });
});

describe('file', () => {
  it('writes a split and reads the same one back', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ser-split-'));
    const path = join(directory, 'run', 'split.json');
    const split = splitDataset(ravdess, { protocol: 'ravdess-5fold', fold: 2, seed: 4 });
    await writeSplitFile(path, split);
    const again = splitDataset(ravdess, { protocol: 'file', splitFile: await readSplitFile(path) });
    for (const side of sides) expect(again[side]).toEqual(split[side]);
    assertDisjoint(again, { speakers: true });

    await writeFile(path, '{"train": ["a"], "test": ["b"]}');
    await expect(readSplitFile(path)).rejects.toThrow('validation');
    await writeFile(path, 'train');
    await expect(readSplitFile(path)).rejects.toThrow('is not JSON');
    await rm(directory, { recursive: true });
    await expect(readSplitFile(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('refuses a clip that is missing or named twice, and a side without clips', () => {
    const [a, b, c] = ravdess.clips.map(clipKey) as [string, string, string];
    const split = (
      splitFile: { train: string[]; validation: string[]; test: string[] },
      validationShare: number | null = null,
    ) => splitDataset(ravdess, { protocol: 'file', splitFile, validationShare });
    expect(split({ train: [a], validation: [b], test: [c] }).test).toHaveLength(1);
    expect(() => split({ train: [a], validation: [b], test: [a] })).toThrow(
      'twice, in train and test',
    );
    expect(() => split({ train: [a], validation: [b], test: ['x/y'] })).toThrow('dataset lacks');
    const unvalidated = { train: [a, b], validation: [], test: [c] };
    expect(() => split(unvalidated)).toThrow('The validation side of the file split is empty');
    expect(split(unvalidated, 0)).toMatchObject({ validation: [] });
    expect(() => splitDataset(ravdess, { protocol: 'file' })).toThrow('splitFile is missing');
  });
});

describe('assertDisjoint', () => {
  const clean = splitDataset(ravdess, { protocol: 'ravdess-5fold', fold: 0 });

  it('finds a clip, a twin and a speaker on two sides', () => {
    const clip = clean.train[0]!;
    const twin = { ...clip, id: 'other.wav', speaker: '99' };
    const colleague = { ...clip, id: 'other.wav', contentHash: '0' };
    const withTest = (extra: typeof clip) => ({ ...clean, test: [...clean.test, extra] });
    expect(() => assertDisjoint(withTest(clip))).toThrow('the same clip is in train');
    expect(() => assertDisjoint(withTest(twin))).toThrow('the same content is in train');
    expect(() => assertDisjoint(withTest(colleague))).toThrow('the same speaker is in train');
    expect(() => assertDisjoint({ ...withTest(colleague), protocol: 'random' })).not.toThrow();
  });

  it('finds a twin on one side', () => {
    const clip = clean.train[0]!;
    const train = [...clean.train, { ...clip, id: 'other.wav' }];
    expect(() => assertDisjoint({ ...clean, train })).toThrow('the same content');
  });
});

describe('splitDataset on bad input', () => {
  it.each<[string, () => unknown, string]>([
    ['a protocol', () => splitDataset(ravdess, { protocol: 'loso' as never }), 'protocol is loso'],
    ['a fold', () => splitDataset(ravdess, { protocol: 'ravdess-5fold', fold: 5 }), 'folds 0 to 4'],
    ['a fold of random', () => splitDataset(ravdess, { protocol: 'random', fold: 0 }), 'no folds'],
    ['a seed', () => splitDataset(ravdess, { protocol: 'random', seed: -1 }), 'seed is -1'],
    ['folds', () => listFolds(emodb, { protocol: 'speaker-kfold', folds: 11 }), 'from 2 to 10'],
    ['folds', () => listFolds(emodb, { protocol: 'emodb-loso', folds: 3 }), 'only speaker-kfold'],
    [
      'a corpus',
      () => splitDataset(emodb, { protocol: 'ravdess-5fold' }),
      'needs the corpus ravdess',
    ],
    ['one corpus', () => splitDataset(emodb, { protocol: 'cross-corpus' }), 'two corpora'],
    [
      'actors',
      () =>
        splitDataset(
          { ...ravdess, clips: ravdess.clips.filter(({ speaker }) => speaker !== '05') },
          { protocol: 'ravdess-5fold', fold: 3 },
        ),
      'lacks ravdess/05',
    ],
    [
      'too few speakers',
      () =>
        splitDataset(
          { ...emodb, clips: emodb.clips.filter(({ speaker }) => speaker <= '08') },
          { protocol: 'emodb-loso' },
        ),
      'two of one corpus are needed',
    ],
  ])('names %s', (_, act, message) => {
    expect(act).toThrow(message);
  });
});
