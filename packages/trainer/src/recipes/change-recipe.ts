import { SerError } from '@ser/dsp-wasm';
import type { NetworkRecipe, Recipe } from './recipe.ts';

/**
 * Epochs of a recipe in all: those on clips, and those with windows after them. 1 for a linear head,
 * which is fitted at once.
 */
export function countEpochs(recipe: Recipe): number {
  if (recipe.head === 'linear') return 1;
  return recipe.training.epochs + (recipe.windowTraining?.epochs ?? 0);
}

/**
 * Returns the recipe with so many epochs in all, shared between clips and windows as they were; at
 * least one is on clips, and where none is left for windows there is no `windowTraining`.
 *
 * @param epochs a whole number from 1
 * @throws SerError `INVALID_ARGUMENT` for a recipe with a linear head.
 */
export function setEpochs(recipe: Recipe, epochs: number): NetworkRecipe {
  assertNetwork(recipe, `epochs is ${epochs}`);
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

/**
 * Returns the recipe with another number of clips a training step.
 *
 * @throws SerError `INVALID_ARGUMENT` for a recipe with a linear head.
 */
export function setBatchSize(recipe: Recipe, batchSize: number): NetworkRecipe {
  assertNetwork(recipe, `batchSize is ${batchSize}`);
  return { ...recipe, training: { ...recipe.training, batchSize } };
}

function assertNetwork(recipe: Recipe, wanted: string): asserts recipe is NetworkRecipe {
  if (recipe.head === 'network') return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `${wanted}; the recipe ${recipe.name} has a linear head, which is fitted at once.`,
  );
}

/**
 * Returns the recipe with another encoder, all of whose hidden states the head then sees.
 *
 * @param source as `encoder.source` of a recipe
 * @throws SerError `INVALID_ARGUMENT` for a recipe without an encoder.
 */
export function setEncoder(recipe: Recipe, source: string): Recipe {
  const changed = { source, layers: null };
  if (recipe.head === 'linear') return { ...recipe, encoder: changed };
  if (recipe.encoder) return { ...recipe, encoder: { ...recipe.encoder, ...changed } };
  throw new SerError(
    'INVALID_ARGUMENT',
    `from is ${source}; the recipe ${recipe.name} learns from features, not from an encoder.`,
  );
}
