import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRecipe, readRecipe } from '../../src/recipes/recipe.ts';

const names = readdirSync(new URL('../../recipes', import.meta.url)).map((file) =>
  file.replace('.json', ''),
);

describe('readRecipe', () => {
  it.each(names)('reads %s, which comes with the package, under its own name', async (name) => {
    expect((await readRecipe(name)).name).toBe(name);
  });

  it('has the reference model as it is defined', async () => {
    const { model, features } = await readRecipe('reference');
    expect(model).toMatchObject({ lstmUnits: [128, 64], denseUnits: 64, dropout: 0.3 });
    expect(features.sets).toEqual(['mfcc', 'chroma', 'mel', 'contrast']);
    expect([features.mfcc.coefficients, features.chroma.bins, features.mel.bands]).toEqual([
      40, 12, 128,
    ]);
  });

  it('names a recipe that is not there', async () => {
    await expect(readRecipe('nowhere')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('names the field that is wrong', async () => {
    const recipe = await readRecipe('reference');
    const training = { ...recipe.training, epochs: 0 };
    expect(() => parseRecipe({ ...recipe, training }, 'own.json')).toThrow(/own\.json.*epochs/);
  });
});
