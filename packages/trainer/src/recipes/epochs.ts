import type { Recipe } from './recipe.ts';

/** Epochs of a recipe in all: those on clips, and those with windows after them. */
export function countEpochs({ training, windowTraining }: Recipe): number {
  return training.epochs + (windowTraining?.epochs ?? 0);
}

/**
 * Returns the recipe with so many epochs in all, shared between clips and windows as they were; at
 * least one is on clips, and where none is left for windows there is no `windowTraining`.
 *
 * @param epochs a whole number from 1
 */
export function setEpochs(recipe: Recipe, epochs: number): Recipe {
  const { training, windowTraining } = recipe;
  const share = (windowTraining?.epochs ?? 0) / countEpochs(recipe);
  const windowEpochs = Math.min(epochs - 1, Math.round(epochs * share));
  return {
    ...recipe,
    training: { ...training, epochs: epochs - windowEpochs },
    windowTraining:
      windowTraining && windowEpochs > 0 ? { ...windowTraining, epochs: windowEpochs } : null,
  };
}
