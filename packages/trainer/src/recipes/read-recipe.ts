import { dirname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { readText } from '../read-text.ts';
import { type NetworkRecipe, parseRecipe, type Recipe } from './recipe.ts';

/**
 * Reads a recipe: a name of one that comes with the package (`reference`, or `no-noise` of the
 * experiments), or the path of a JSON file. A recipe that `extends` another one says only what it
 * changes: objects are merged field by field, anything else replaces what was there.
 *
 * @throws SerError `FILE_NOT_FOUND` or `INVALID_ARGUMENT`.
 */
export async function readRecipe(nameOrPath: string): Promise<Recipe> {
  return parseRecipe(await readFields(nameOrPath, []), nameOrPath);
}

/**
 * Reads a recipe whose head is a network.
 *
 * @throws SerError as {@link readRecipe}; `INVALID_ARGUMENT` for one whose head is linear.
 */
export async function readNetworkRecipe(nameOrPath: string): Promise<NetworkRecipe> {
  const recipe = await readRecipe(nameOrPath);
  if (recipe.head === 'network') return recipe;
  throw new SerError(
    'INVALID_ARGUMENT',
    `The recipe ${nameOrPath} has a linear head; it must be a network.`,
  );
}

type Fields = Record<string, unknown>;

/** The recipe's fields, with those of the recipes that it extends. */
async function readFields(nameOrPath: string, extendedBy: readonly string[]): Promise<Fields> {
  if (extendedBy.includes(nameOrPath)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The recipe ${nameOrPath} extends itself: ${[...extendedBy, nameOrPath].join(' → ')}.`,
    );
  }
  const { extends: base, ...fields } = await readJson(nameOrPath);
  if (base === undefined) return fields;
  if (typeof base !== 'string') {
    throw new SerError(
      'INVALID_ARGUMENT',
      `The recipe ${nameOrPath} is wrong at extends: it must be a recipe's name or path.`,
    );
  }
  const path = base.endsWith('.json') ? join(dirname(nameOrPath), base) : base;
  return mergeFields(await readFields(path, [...extendedBy, nameOrPath]), fields);
}

function mergeFields(base: Fields, changes: Fields): Fields {
  const merged = { ...base };
  for (const [name, change] of Object.entries(changes)) {
    const previous = merged[name];
    merged[name] = isFields(previous) && isFields(change) ? mergeFields(previous, change) : change;
  }
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJson(nameOrPath: string): Promise<Fields> {
  const text = await readRecipeText(nameOrPath).catch(() => {
    throw new SerError(
      'FILE_NOT_FOUND',
      `There is no recipe ${nameOrPath}: give a recipe's name (see packages/trainer/recipes) or a .json file.`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SerError('INVALID_ARGUMENT', `The recipe ${nameOrPath} is not JSON.`, {
      cause: error,
    });
  }
  if (isFields(value)) return value;
  throw new SerError('INVALID_ARGUMENT', `The recipe ${nameOrPath} is not a JSON object.`);
}

function readRecipeText(nameOrPath: string): Promise<string> {
  if (nameOrPath.endsWith('.json')) return readText(nameOrPath);
  const file = `${encodeURIComponent(nameOrPath)}.json`;
  const read = (folder: string) =>
    readText(new URL(`../../recipes/${folder}${file}`, import.meta.url));
  return read('').catch(() => read('experiments/'));
}
