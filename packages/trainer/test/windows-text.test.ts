import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDataset } from '../src/datasets/read-dataset.ts';
import { readSplitFile } from '../src/protocols/split-file.ts';
import { readRecipe } from '../src/recipes/read-recipe.ts';
import { makeFolder } from './corpora/fake-corpus.ts';

const encodings: [string, (value: unknown) => Buffer][] = [
  ['UTF-8 with a mark', (value) => Buffer.from(`\ufeff${JSON.stringify(value)}`)],
  ['UTF-16', (value) => Buffer.from(`\ufeff${JSON.stringify(value)}`, 'utf16le')],
];

it.each(encodings)('corpus.json, splits and recipes are read in %s', async (_, encode) => {
  const directory = await makeFolder(['freude/a_1.wav', 'wut/a_2.wav']);
  const labels = { freude: 'happy', wut: 'angry' };
  await writeFile(join(directory, 'corpus.json'), encode({ name: 'ours', labels }));
  expect((await readDataset([directory])).labels).toEqual(['happy', 'angry']);

  const sides = { train: ['ours/freude/a_1.wav'], validation: [], test: ['ours/wut/a_2.wav'] };
  const split = join(directory, 'split.json');
  await writeFile(split, encode(sides));
  expect(await readSplitFile(split)).toEqual(sides);

  const recipe = join(directory, 'own.json');
  await writeFile(recipe, encode({ extends: 'demo', name: 'ours', description: 'A trial.' }));
  expect((await readRecipe(recipe)).name).toBe('ours');
});
