import { readRecipe } from '../src/recipes/read-recipe.ts';
import { type NetworkRecipe, parseRecipe, type Recipe } from '../src/recipes/recipe.ts';

/** A recipe that is known to have a network. */
export function asNetwork(recipe: Recipe): NetworkRecipe {
  if (recipe.head === 'network') return recipe;
  throw new Error(`The recipe ${recipe.name} has no network.`);
}

export async function readNetworkRecipe(name: string): Promise<NetworkRecipe> {
  return asNetwork(await readRecipe(name));
}

export function parseNetworkRecipe(value: unknown, source: string): NetworkRecipe {
  return asNetwork(parseRecipe(value, source));
}
