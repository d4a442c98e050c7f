import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { removeTemporaries, writeFileAtomic } from '../src/atomic-file.ts';
import { makeFolder } from './corpora/fake-corpus.ts';

it('makes folders, replaces the old content and leaves no other file', async () => {
  const directory = await makeFolder([]);
  const path = `${directory}/a/b.txt`;
  await writeFileAtomic(path, 'old');
  await writeFileAtomic(path, Uint8Array.of(110, 101, 119));
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(`${directory}/a`)).toEqual(['b.txt']);
});

it('keeps one whole content where several write at once', async () => {
  const directory = await makeFolder([]);
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
  await Promise.all(contents.map((content) => writeFileAtomic(`${directory}/x`, content)));
  expect(contents).toContain(await readFile(`${directory}/x`, 'utf8'));
  expect(await readdir(directory)).toEqual(['x']);
});

it('names the file that cannot be written', async () => {
  const directory = await makeFolder(['file', 'folder/x']);
  await expect(writeFileAtomic(`${directory}/file/x`, '')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining(`${directory}/file/x could not be written`),
  });
  await expect(writeFileAtomic(`${directory}/folder`, '')).rejects.toThrow('could not be written');
  expect((await readdir(directory)).sort()).toEqual(['file', 'folder']);
});

it('clears what killed writes left, and nothing else', async () => {
  const left = 'checkpoint.bin.123-0a1b2c3d.tmp';
  const directory = await makeFolder([left, 'checkpoint.bin', 'own.tmp', `folder/${left}`]);
  await removeTemporaries(directory);
  expect((await readdir(directory)).sort()).toEqual(['checkpoint.bin', 'folder', 'own.tmp']);
  expect(await readdir(`${directory}/folder`)).toEqual([left]);
  await removeTemporaries(`${directory}/nowhere`);
});
