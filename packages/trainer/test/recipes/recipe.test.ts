import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecipe as readAnyRecipe } from '../../src/recipes/read-recipe.ts';
import {
  parseNetworkRecipe as parseRecipe,
  readNetworkRecipe as readRecipe,
} from '../network-recipe.ts';

const names = readdirSync(new URL('../../recipes', import.meta.url), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));

describe('readRecipe', () => {
  it.each(names)('reads %s, which comes with the package, under its own name', async (name) => {
    expect((await readAnyRecipe(name)).name).toBe(name);
    expect(names.filter((other) => other === name)).toHaveLength(1);
  });

  it('has the reference model as it is defined', async () => {
    const { model, features } = await readRecipe('reference');
    expect(model).toMatchObject({ lstmUnits: [128, 64], denseUnits: 64, dropout: 0.3 });
    expect(features!.sets).toEqual(['mfcc', 'chroma', 'mel', 'contrast']);
    expect([features!.mfcc.coefficients, features!.chroma.bins, features!.mel.bands]).toEqual([
      40, 12, 128,
    ]);
  });

  describe('with extends', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ser-recipe-'));
    });
    afterAll(() => rm(folder, { recursive: true }));
    const write = async (name: string, fields: object): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, JSON.stringify(fields));
      return path;
    };

    it('takes over what it does not change', async () => {
      await write('long.json', { extends: 'reference', training: { epochs: 90 } });
      const path = await write('own.json', {
        ...{ extends: 'long.json', name: 'own', augmentation: null },
        model: { lstmUnits: [8] },
      });
      const base = await readRecipe('reference');
      expect(await readRecipe(path)).toEqual({
        ...{ ...base, name: 'own', augmentation: null },
        model: { ...base.model, lstmUnits: [8] },
        training: { ...base.training, epochs: 90 },
      });
    });

    it('refuses a circle and what is no name', async () => {
      await write('first.json', { extends: 'second.json' });
      const path = await write('second.json', { extends: 'first.json' });
      await expect(readRecipe(path)).rejects.toThrow(/extends itself: .*first/);
      const wrong = await write('wrong.json', { extends: 3 });
      await expect(readRecipe(wrong)).rejects.toThrow(/wrong at extends/);
    });
  });

  it('names a recipe that is not there', async () => {
    await expect(readRecipe('nowhere')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('names the field that is wrong', async () => {
    const recipe = await readRecipe('reference');
    const training = { ...recipe.training, epochs: 0 };
    expect(() => parseRecipe({ ...recipe, training }, 'own.json')).toThrow(/own\.json.*epochs/);
  });

  it('takes an encoder in place of features, and not both', async () => {
    const { features, trim, ...reference } = await readRecipe('reference');
    const encoder = { source: 'whisper-tiny.en', layers: [2] };
    expect(parseRecipe({ ...reference, encoder }, 'own.json')).toMatchObject({ encoder });
    expect(() => parseRecipe({ ...reference, encoder, features: {} }, 'own.json')).toThrow(
      /wrong at encoder: brings its own front end/,
    );
    expect(() => parseRecipe(reference, 'own.json')).toThrow(/wrong at features: is missing/);
  });

  it.each([
    [{ specAugment: null }, /specAugment/],
    [{ pooling: 'last' }, /pooling/],
    [{ convolution: { channels: [8], kernelSize: 3 } }, /not with convolution/],
  ])('refuses to pretrain a model with %o', async (change, message) => {
    const { model, ...recipe } = await readRecipe('pretraining');
    const wrong = () => parseRecipe({ ...recipe, model: { ...model, ...change } }, 'own.json');
    expect(wrong).toThrow(/wrong at pretraining/);
    expect(wrong).toThrow(message);
  });

  it.each([
    [{ keep: 'best' }, 'keep is best'],
    [{ keep: 'last', patience: 3 }, 'patience is 3'],
    [{ keep: 'average', schedule: 'reduce-on-plateau' }, 'schedule is reduce-on-plateau'],
  ])('leaves no speaker to validate only where nothing needs one: %o', async (change, message) => {
    const reference = await readRecipe('reference');
    const own = { ...reference, validationShare: 0 };
    const training = { ...reference.training, ...change };
    expect(parseRecipe(own, 'own.json')).toEqual(own);
    expect(() => parseRecipe({ ...own, training }, 'own.json')).toThrow(
      `wrong at validationShare: 0 leaves no validation clips, and training.${message}`,
    );
  });
});
