import { type NetworkRecipe, parseRecipe } from '../src/recipes/recipe.ts';

export { readNetworkRecipe } from '../src/recipes/read-recipe.ts';

/** A recipe that is known to have a network. */
export function parseNetworkRecipe(value: unknown, source: string): NetworkRecipe {
  const recipe = parseRecipe(value, source);
  if (recipe.head === 'network') return recipe;
  throw new Error(`The recipe ${source} has no network.`);
}
