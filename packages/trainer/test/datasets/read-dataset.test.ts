import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { describe, expect, it } from 'vitest';
import { readDataset } from '../../src/datasets/read-dataset.ts';
import { makeFolder } from '../corpora/fake-corpus.ts';
import { listCremaNames, listEmodbNames, listRavdessNames } from '../corpora/names.ts';

async function readError(...directories: string[]): Promise<SerError> {
  const error = await readDataset(directories).then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(SerError);
  return error;
}

describe('readDataset on published layouts', () => {
  it('reads RAVDESS, 1,440 names in actor folders, sorted', async () => {
    const names = listRavdessNames();
    const dataset = await readDataset([await makeFolder(names)]);
    expect(dataset.clips.map(({ id }) => id)).toEqual(names.toSorted());
    expect(dataset.labels.join(' ')).toBe('neutral calm happy sad angry fearful disgust surprised');
    expect(dataset.corpora).toEqual([
      { name: 'ravdess', clips: 1440, speakers: 24, licence: 'CC BY-NC-SA 4.0', synthetic: false },
    ]);
    expect(dataset.clips[100]).toMatchObject({ corpus: 'ravdess', speaker: '02' });
    expect(dataset.clips[100]?.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads a flat RAVDESS folder and leaves video and song out, with reasons', async () => {
    const directory = await makeFolder([
      '03-01-06-01-02-01-12.flac',
      '03-02-06-01-02-01-12.wav',
      '02-01-06-01-02-01-12.wav',
      'notes.wav',
      'README.md',
    ]);
    const { clips, skipped } = await readDataset([directory]);
    expect(clips.map(({ label, speaker }) => [label, speaker])).toEqual([['fearful', '12']]);
    expect(skipped).toEqual([
      {
        path: join(directory, '02-01-06-01-02-01-12.wav'),
        reason: 'modality 02 is not audio-only (03)',
      },
      {
        path: join(directory, '03-02-06-01-02-01-12.wav'),
        reason: 'vocal channel 02 is not speech (01)',
      },
      {
        path: join(directory, 'notes.wav'),
        reason: expect.stringContaining('does not follow RAVDESS'),
      },
    ]);
  });

  it('reads EMO-DB', async () => {
    const { clips, labels, corpora } = await readDataset([await makeFolder(listEmodbNames())]);
    expect(labels.join(' ')).toBe('neutral happy sad angry fearful disgust boredom');
    expect(corpora[0]).toMatchObject({ name: 'emodb', speakers: 10, clips: 700 });
    const byName = Object.fromEntries(clips.map(({ id, label }) => [id.slice(5, 6), label]));
    expect(byName).toEqual({
      W: 'angry',
      L: 'boredom',
      E: 'disgust',
      A: 'fearful',
      F: 'happy',
      T: 'sad',
      N: 'neutral',
    });
  });

  it('reads CREMA-D', async () => {
    const names = listCremaNames().filter((name) => name < '1010');
    const { labels, corpora } = await readDataset([
      await makeFolder([...names, '1040_ITH_SAD_X.wav']),
    ]);
    expect(labels.join(' ')).toBe('neutral happy sad angry fearful disgust');
    expect(corpora[0]).toMatchObject({ name: 'crema-d', speakers: 10, clips: names.length + 1 });
  });

  it('reads TESS with its odd spellings and its nested second copy', async () => {
    const files = {
      'OAF_angry/OAF_back_angry.wav': 'a',
      'OAF_Fear/OAF_back_fear.wav': 'b',
      'OAF_Pleasant_surprise/OAF_dog_ps.wav': 'c',
      'OAF_neutral/OA_bite_neutral.wav': 'd',
      'YAF_pleasant_surprised/YAF_dog_pleasant_surprised.wav': 'e',
      'copy/OAF_angry/OAF_back_angry.wav': 'a',
    };
    const { clips, skipped } = await readDataset([await makeFolder([], files)]);
    expect(clips.map(({ speaker, label }) => `${speaker} ${label}`)).toEqual([
      'OAF fearful',
      'OAF surprised',
      'OAF angry',
      'OAF neutral',
      'YAF surprised',
    ]);
    expect(skipped[0]?.reason).toBe('byte-identical to tess/OAF_angry/OAF_back_angry.wav');
  });
});

describe('readDataset on one folder a label', () => {
  it('maps folder names and takes speakers that several labels share', async () => {
    const directory = await makeFolder([
      'Anger/anna_01.wav',
      'Anger/anger-7.mp3',
      'happiness/anna-02.ogg',
      'happiness/ben_01.wav',
      'Sadness/deep/ben_09.opus',
      'loose.wav',
    ]);
    const { clips, labels, corpora, skipped } = await readDataset([directory]);
    expect(labels).toEqual(['happy', 'sad', 'angry']);
    expect(clips.map(({ id, label, speaker }) => [id, label, speaker])).toEqual([
      ['Anger/anger-7.mp3', 'angry', 'unknown'],
      ['Anger/anna_01.wav', 'angry', 'anna'],
      ['Sadness/deep/ben_09.opus', 'sad', 'ben'],
      ['happiness/anna-02.ogg', 'happy', 'anna'],
      ['happiness/ben_01.wav', 'happy', 'ben'],
    ]);
    expect(corpora[0]).toMatchObject({ licence: 'not stated', synthetic: false, clips: 5 });
    expect(skipped).toEqual([
      { path: join(directory, 'loose.wav'), reason: 'it lies in no label folder' },
    ]);
  });

  it('follows corpus.json, with labels of its own', async () => {
    const corpusFile = {
      name: 'call-centre',
      licence: 'CC0-1.0',
      synthetic: true,
      labels: { furious: 'angry', bored_stiff: 'weary', hold_music: null },
    };
    const directory = await makeFolder(
      ['furious/a_1.wav', 'bored_stiff/a_2.wav', 'hold_music/a_3.wav', 'calm/a_4.wav'],
      { 'corpus.json': JSON.stringify(corpusFile) },
    );
    const { corpora, labels, skipped } = await readDataset([directory]);
    expect(labels).toEqual(['calm', 'angry', 'weary']);
    expect(corpora).toEqual([
      { name: 'call-centre', clips: 3, speakers: 1, licence: 'CC0-1.0', synthetic: true },
    ]);
    expect(skipped).toHaveLength(1);
  });

  it.each([
    ['{', 'is not JSON'],
    ['{"synthetic": "yes"}', 'synthetic'],
    ['{"license": "MIT"}', 'license'],
    ['{"name": "My Corpus"}', 'name'],
  ])('refuses the corpus.json %s', async (text, message) => {
    const error = await readError(await makeFolder(['calm/a.wav'], { 'corpus.json': text }));
    expect(error.code).toBe('DATASET_INVALID');
    expect(error.message).toContain('corpus.json');
    expect(error.message).toContain(message);
  });
});

describe('readDataset on merged corpora', () => {
  it('keeps only the labels that are asked for', async () => {
    const directory = await makeFolder(listEmodbNames());
    const { clips, labels } = await readDataset([directory], { labels: ['angry', 'sad', 'calm'] });
    expect(labels).toEqual(['sad', 'angry']);
    expect(clips.length).toBeGreaterThan(0);
    await expect(readDataset([directory], { labels: ['calm', 'proud'] })).rejects.toMatchObject({
      code: 'DATASET_INVALID',
    });
  });

  it('counts merged labels as one', async () => {
    const directory = await makeFolder(listRavdessNames());
    const options = { mergedLabels: { calm: 'neutral' }, labels: ['neutral', 'angry'] };
    const { clips, labels } = await readDataset([directory], options);
    expect(labels).toEqual(['neutral', 'angry']);
    expect(clips.filter(({ label }) => label === 'neutral')).toHaveLength(96 + 192);
    const wrong = readDataset([directory], { mergedLabels: { clam: 'neutral' } });
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('mergedLabels has clam; labels are neutral, calm'),
    });
  });

  it('keeps one order of labels and drops twins over corpora', async () => {
    const emodb = await makeFolder(['03a01Fa.wav', '03a01La.wav']);
    const own = await makeFolder([], { 'happy/x_1.wav': '03a01Fa.wav', 'calm/x_2.wav': 'x' });
    const { labels, clips, skipped } = await readDataset([emodb, own]);
    expect(labels).toEqual(['calm', 'happy', 'boredom']);
    expect(clips).toHaveLength(3);
    expect(skipped[0]?.reason).toBe('byte-identical to emodb/03a01Fa.wav');
  });

  it('leaves twins with different labels out, all of them, and empty files', async () => {
    const directory = await makeFolder([], {
      'happy/a_1.wav': 'same',
      'sad/a_1.wav': 'same',
      'sad/a_2.wav': '',
      'sad/a_3.wav': 'other',
    });
    const { clips, skipped } = await readDataset([directory]);
    expect(clips.map(({ id }) => id)).toEqual(['sad/a_3.wav']);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'the file is empty',
      expect.stringContaining('which is labelled sad and not happy'),
      expect.stringContaining('which is labelled happy and not sad'),
    ]);
  });

  it('follows links without going round in circles', async () => {
    const directory = await makeFolder(['calm/a_1.wav', 'sad/a_2.wav']);
    await symlink(directory, join(directory, 'calm', 'again'));
    await symlink(join(directory, 'missing'), join(directory, 'calm', 'gone.wav'));
    expect((await readDataset([directory])).clips).toHaveLength(2);
  });
});

describe('readDataset on bad input', () => {
  const layouts = ['RAVDESS (', 'EMO-DB (', 'CREMA-D (', 'TESS (', 'one folder a label'];

  it.each<[string, string[], string]>([
    ['an empty folder', [], 'holds no audio file'],
    [
      'an unknown layout',
      ['take1.wav', 'take2.wav'],
      'file names of no known layout, such as take1.wav',
    ],
    ['an unknown label folder', ['calm/a.wav', 'hangry/b.wav'], 'no known label: hangry'],
    [
      'an unknown RAVDESS code',
      ['03-01-09-01-02-01-12.wav'],
      '1 of 1 names have what ravdess has not: emotion 09 (1)',
    ],
    ['an unknown EMO-DB code', ['03a01Xa.wav'], 'emotion X (1)'],
    ['an unknown CREMA-D code', ['1001_DFA_JOY_XX.wav'], 'emotion JOY (1)'],
    ['an unknown TESS word', ['OAF_back_hangry.wav'], 'emotion hangry (1)'],
    ['nothing but song', ['03-02-01-01-02-01-12.wav'], 'holds no clip to use'],
    [
      'several corpora',
      ['03a01Fa.wav', '1001_DFA_SAD_XX.wav'],
      'mixes several corpora (emodb, crema-d)',
    ],
  ])('%s', async (_, names, message) => {
    const directory = await makeFolder(names);
    const error = await readError(directory);
    expect(error.code).toBe('DATASET_INVALID');
    expect(error.message).toContain(directory);
    expect(error.message).toContain(message);
    for (const layout of layouts) expect(error.message).toContain(layout);
  });

  it('a missing folder, a file, no folder, a folder twice', async () => {
    const directory = await makeFolder(['calm/a.wav']);
    expect((await readError(join(directory, 'no'))).code).toBe('FILE_NOT_FOUND');
    expect((await readError(join(directory, 'calm/a.wav'))).code).toBe('DATASET_INVALID');
    expect((await readError()).code).toBe('INVALID_ARGUMENT');
    expect((await readError(directory, `${directory}/`)).message).toContain('given twice');
  });

  it('two corpora whose different clips have one name', async () => {
    const names = ['calm/a_1.wav'];
    const first = await makeFolder(names, { 'corpus.json': '{"name":"own"}' });
    const second = await makeFolder([], { 'corpus.json': '{"name":"own"}', 'calm/a_1.wav': 'x' });
    await mkdir(join(first, 'empty'));
    expect((await readError(first, second)).message).toContain('are both clip own/calm/a_1.wav');
  });
});
