import { describe, expect, it } from 'vitest';
import { countEpochs, setEpochs } from '../../src/recipes/epochs.ts';
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
