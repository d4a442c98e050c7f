import { chmod, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findProblems } from '../../src/datasets/findings.ts';
import { readDataset } from '../../src/datasets/read-dataset.ts';
import { makeFolder } from '../corpora/fake-corpus.ts';
import { listRavdessNames } from '../corpora/names.ts';

const refuse = (directory: string): Promise<string> =>
  readDataset([directory]).then(
    () => 'nothing was refused',
    ({ code, message }) => `${code} ${message}`,
  );

it('refuses names of RAVDESS’s form with values that it lacks, and counts each', async () => {
  const names = ['01', '02', '25', '34'].flatMap((actor) =>
    ['01-01', '02-02', '03-03'].flatMap((take) =>
      ['01', '02', '03'].map((code) => `03-01-${code}-01-${take}-${actor}.wav`),
    ),
  );
  const message = await refuse(await makeFolder(names));
  expect(message).toMatch(/^DATASET_INVALID .*looks like ravdess and is not: 24 of 36 names/);
  for (const value of ['statement 03 (12)', 'repetition 03 (12)', 'actor 25 (9)', 'actor 34 (9)']) {
    expect(message).toContain(value);
  }
});

it.each([
  ['a strong neutral', '03-01-01-02-01-01-01.wav', 'strong neutral'],
  ['a modality', '04-01-03-01-01-01-01.wav', 'modality 04'],
  ['a speaker of EMO-DB', '04a01Fa.wav', 'speaker 04'],
  ['a text of EMO-DB', '03a03Fa.wav', 'text a03'],
  ['an actor of CREMA-D', '1092_DFA_ANG_XX.wav', 'actor 1092'],
  ['a sentence of CREMA-D', '1001_ABC_ANG_XX.wav', 'sentence ABC'],
  ['a level of CREMA-D', '1001_DFA_ANG_YY.wav', 'level YY'],
  ['an emotion of TESS', 'OAF_back_boredom.wav', 'emotion boredom'],
])('knows that no corpus has %s', async (_, name, what) => {
  expect(await refuse(await makeFolder([name]))).toContain(what);
});

it('leaves a single slip out, and says so', async () => {
  const directory = await makeFolder([...listRavdessNames(), 'Actor_24/03-01-09-01-01-01-24.wav']);
  const dataset = await readDataset([directory]);
  expect(dataset.clips).toHaveLength(1440);
  expect(dataset.skipped).toEqual([
    {
      path: join(directory, 'Actor_24/03-01-09-01-01-01-24.wav'),
      ...{ kind: 'name', reason: 'ravdess has no emotion 09' },
    },
  ]);
  expect(dataset.layouts[0]!.reason).toBe('1441 of 1441 names have its form');
  expect(findProblems(dataset)).toMatchObject([{ severity: 'warning', code: 'foreign-names' }]);
});

it('takes the folder’s word as a witness: refuses, or leaves a slip out', async () => {
  const sorted = ['Happy/03-01-01-01-01-01-01.wav', 'Angry/03-01-03-01-01-01-01.wav'];
  expect(await refuse(await makeFolder(sorted))).toMatch(
    /2 of 2 files lie in the folder of another label; the first is Angry\/03-01-03-.*: its name says happy and its folder angry/,
  );
  const directory = await makeFolder([...listRavdessNames()]);
  const name = '03-01-03-01-01-01-01.wav';
  await mkdir(join(directory, 'sad'));
  await rename(join(directory, 'Actor_01', name), join(directory, 'sad', name));
  const dataset = await readDataset([directory]);
  expect(dataset.clips).toHaveLength(1439);
  expect(findProblems(dataset)).toMatchObject([
    { code: 'folder-labels', files: [join(directory, 'sad', name)] },
  ]);
});

it('believes the folders where a corpus.json says that they are labels', async () => {
  const directory = await makeFolder(['Happy/03-01-01-01-01-01-01.wav'], { 'corpus.json': '{}' });
  const { clips, layouts } = await readDataset([directory]);
  expect(clips[0]!.label).toBe('happy');
  expect(layouts[0]!.reason).toBe('it has a corpus.json');
});

it('finds nothing in a corpus sorted by its own labels', async () => {
  const names = ['neutral/03-01-01-01-01-01-01.wav', 'OAF_happy/Actor_01/03-01-03-01-01-01-01.wav'];
  const { clips, skipped } = await readDataset([await makeFolder(names)]);
  expect({ clips: clips.length, skipped }).toEqual({ clips: 2, skipped: [] });
});

it.each([
  ['SAVEE', ['ALL/DC_a01.wav', 'ALL/JE_sa02.wav'], /2 of 2 names have the form of SAVEE, which/],
  [
    'RAVDESS with labels added',
    ['training/Actor_01/03-01-03-01-01-01-01_happy.wav'],
    /RAVDESS with something added.*training\/Actor_01\/03-01-03-01-01-01-01_happy\.wav/,
  ],
  ['folders of speakers', ['Actor_01/take1.wav'], /no known layout, such as Actor_01\/take1\.wav/],
  ['labels of another language', ['freude/a_1.wav', 'wut/a_2.wav'], /freude, wut.*corpus\.json/],
])('says what is true of %s', async (_, names, message) => {
  const refusal = await refuse(await makeFolder(names));
  expect(refusal).toMatch(message);
  if (!names[0]!.startsWith('freude')) expect(refusal).not.toContain('corpus.json');
});

it('keeps one file of each recording by its name, in any encoding, folder and order', async () => {
  const names = ['AudioMP3/1001_DFA_ANG_XX.mp3', 'AudioWAV/1001_DFA_ANG_XX.wav'];
  const other = await makeFolder(['1001_DFA_ANG_XX.opus']);
  const dataset = await readDataset([await makeFolder(names), other]);
  expect(dataset.clips).toHaveLength(1);
  expect(dataset.skipped.map(({ kind }) => kind)).toEqual(['twin', 'twin']);
  expect(dataset.skipped[0]!.reason).toMatch(/^the same recording as crema-d\/.* by its name$/);
  const labels = ['angry/anna_1.mp3', 'angry/anna_1.wav', 'angry/deep/anna_1.wav'];
  expect((await readDataset([await makeFolder(labels)])).clips).toHaveLength(2);
});

it('lists recordings that nothing reads and folders that cannot be listed', async () => {
  const directory = await makeFolder([
    'sad/a_1.wave',
    'sad/a_2.M4A',
    'sad/notes.txt',
    'angry/a_3.wav',
  ]);
  await chmod(join(directory, 'angry'), 0);
  const { clips, skipped } = await readDataset([directory]).finally(() =>
    chmod(join(directory, 'angry'), 0o700),
  );
  expect(clips.map(({ id }) => id)).toContain('sad/a_1.wave');
  const kinds = skipped.map(({ kind, path }) => [kind, path]);
  expect(kinds).toContainEqual(['format', join(directory, 'sad/a_2.M4A')]);
  // The superuser may list everything.
  if (process.getuid?.() !== 0) expect(kinds).toContainEqual(['folder', join(directory, 'angry')]);
});
