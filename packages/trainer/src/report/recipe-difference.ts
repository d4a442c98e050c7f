import { isDeepStrictEqual } from 'node:util';
import { parseRecipe, type Recipe } from '../recipes/recipe.ts';

/** Parts of a recipe that change no result. */
const words = ['name', 'description'];

/**
 * What a recipe sets otherwise than another one, one entry a setting, such as
 * `model.normalisation: clip → corpus`. A setting that a recipe of an older version lacks counts as
 * its default, and one that is null as one that is absent.
 */
export function describeRecipeDifference(baseline: Recipe, variant: Recipe): string[] {
  const [before, after] = [baseline, variant].map(addDefaults);
  const keys = new Set([...Object.keys(before!), ...Object.keys(after!)]);
  return [...keys]
    .filter((key) => !words.includes(key))
    .flatMap((key) => listDifferences(key, before![key], after![key]));
}

function addDefaults(recipe: Recipe): Record<string, unknown> {
  try {
    return parseRecipe(recipe, recipe.name);
  } catch {
    return recipe;
  }
}

function listDifferences(path: string, before: unknown, after: unknown): string[] {
  if (isDeepStrictEqual(before ?? null, after ?? null)) return [];
  if (isSection(before) && isSection(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => listDifferences(`${path}.${key}`, before[key], after[key]));
  }
  return [`${path}: ${formatSetting(before)} → ${formatSetting(after)}`];
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(formatSetting).join(', ')}]`;
  if (!isSection(value)) return String(value);
  const settings = Object.entries(value).filter(([, setting]) => setting !== null);
  return `{ ${settings.map(([key, setting]) => `${key}: ${formatSetting(setting)}`).join(', ')} }`;
}
