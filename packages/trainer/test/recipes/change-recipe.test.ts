import { describe, expect, it } from 'vitest';
import {
  countEpochs,
  setBatchSize,
  setEncoder,
  setEpochs,
} from '../../src/recipes/change-recipe.ts';
import { readRecipe as readAnyRecipe } from '../../src/recipes/read-recipe.ts';
import { readNetworkRecipe as readRecipe } from '../network-recipe.ts';

describe('setEpochs', () => {
  it.each([
    [12, 10, 2],
    [72, 60, 12],
    [4, 3, 1],
    [2, 2, null],
    [1, 1, null],
  ])(
    'gives best, which has 60 and 12, of %i epochs %i on clips and %s on windows',
    async (epochs, clips, windows) => {
      const best = await readRecipe('best');
      const { training, windowTraining } = setEpochs(best, epochs);
      expect(training).toEqual({ ...best.training, epochs: clips });
      expect(windowTraining).toEqual(windows && { ...best.windowTraining, epochs: windows });
    },
  );

  it('leaves at least one epoch on clips', async () => {
    const reference = await readRecipe('reference');
    expect(setEpochs(reference, 1)).toMatchObject({
      training: { epochs: 1 },
      windowTraining: null,
    });
    expect(setEpochs(reference, 3)).toMatchObject({ training: { epochs: 1 } });
  });

  it('is the recipe where the epochs are its own', async () => {
    for (const name of ['reference', 'best', 'compact']) {
      const recipe = await readRecipe(name);
      expect(setEpochs(recipe, countEpochs(recipe))).toEqual(recipe);
    }
  });
});

describe('a recipe with a linear head', () => {
  it('has neither epochs nor batches', async () => {
    const recipe = await readAnyRecipe('encoder');
    expect(countEpochs(recipe)).toBe(1);
    expect(() => setEpochs(recipe, 4)).toThrow(/epochs is 4; the recipe encoder has a linear head/);
    expect(() => setBatchSize(recipe, 4)).toThrow(/batchSize is 4/);
  });

  it('takes another encoder, whole', async () => {
    const changed = setEncoder(await readAnyRecipe('encoder'), 'own.onnx');
    expect(changed.encoder).toEqual({ source: 'own.onnx', layers: null });
    const tuned = await readRecipe('encoder-tuned');
    expect(setEncoder(tuned, 'own.onnx').encoder).toEqual({
      ...{ source: 'own.onnx', layers: null, fineTuning: tuned.encoder!.fineTuning },
    });
    const reference = await readRecipe('reference');
    expect(() => setEncoder(reference, 'own.onnx')).toThrow(/learns from features/);
  });
});
