import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SerError } from '@ser/dsp-wasm';
import { z } from 'zod';
import { writeFileAtomic } from '../atomic-file.ts';
import { protocolNames } from '../protocols/split.ts';
import { readText } from '../read-text.ts';
import { type NetworkRecipe, parseRecipe, type Recipe } from '../recipes/recipe.ts';
import type { RunSummary } from '../report/run-summary.ts';
import type { CrossValidation } from './cross-validate.ts';

/** The files of a run folder. */
export const runFiles = {
  /** What the run was asked to do; enough to resume it. */
  settings: 'settings.json',
  /** Which clip stood on which side. */
  split: 'split.json',
  /** Weights and optimiser, after every epoch. */
  checkpoint: 'checkpoint.bin',
  /** The same of what comes after the training and before it, where a recipe asks for it. */
  windowTraining: 'window-training.bin',
  pretraining: 'pretraining.bin',
  teacher: 'teacher.bin',
  /** The weights of a linear head. */
  head: 'head.json',
  /** Scores, log and predictions. */
  summary: 'run.json',
  model: 'model.onnx',
} as const;

/** What a cross-validation found, in the folder of its run folders. */
export const resultsFile = 'results.json';

const settingsSchema = z.object({
  data: z.array(z.string()).min(1),
  recipe: z.unknown(),
  protocol: z.enum(protocolNames),
  seed: z.int().nonnegative(),
  fold: z.int().nonnegative().nullable(),
  /** How many folds `speaker-kfold` makes; absent: 5. */
  folds: z.int().min(2).optional(),
  splitFile: z.string().nullable(),
  /** The finished run whose weights training starts from; absent: random weights. */
  init: z.string().optional(),
});

/** What a run was asked to do. */
export interface RunSettings extends Omit<z.output<typeof settingsSchema>, 'recipe'> {
  recipe: Recipe;
}

/** Writes a run's settings. */
export async function writeRunSettings(directory: string, settings: RunSettings): Promise<void> {
  await writeFileAtomic(
    join(directory, runFiles.settings),
    `${JSON.stringify(settings, null, 2)}\n`,
  );
}

/**
 * True where the folder holds no run yet; what an older run left there must have the same settings.
 *
 * @throws SerError `RUN_INVALID` where it is another run's.
 */
export async function isNewRun(directory: string, settings: RunSettings): Promise<boolean> {
  const isThere = await stat(join(directory, runFiles.settings)).catch(() => null);
  if (!isThere) return true;
  const previous = await readRunSettings(directory);
  if (!isDeepStrictEqual(previous, settings)) {
    throw new SerError(
      'RUN_INVALID',
      `${directory} holds a run with other settings: give another --out, or --resume it.`,
    );
  }
  return false;
}

/**
 * Reads a run's settings.
 *
 * @throws SerError `RUN_INVALID` when the folder is no run folder.
 */
export async function readRunSettings(directory: string): Promise<RunSettings> {
  const path = join(directory, runFiles.settings);
  const parsed = settingsSchema.safeParse(await readRunJson(directory, runFiles.settings));
  if (!parsed.success) {
    throw new SerError('RUN_INVALID', `${path} is not what \`ser train\` writes.`);
  }
  return { ...parsed.data, recipe: parseRecipe(parsed.data.recipe, path) };
}

/**
 * Reads the summary of a finished run.
 *
 * @throws SerError `RUN_INVALID` when the run is not finished.
 */
export async function readRunSummary(directory: string): Promise<RunSummary> {
  return (await readRunJson(directory, runFiles.summary)) as RunSummary;
}

/** The checkpoint with the weights that a finished run left, which its last training wrote. */
export function findWeights(directory: string, { windowTraining }: NetworkRecipe): string {
  return join(directory, windowTraining ? runFiles.windowTraining : runFiles.checkpoint);
}

/**
 * Reads the results of a finished cross-validation.
 *
 * @throws SerError `RUN_INVALID` where the folder holds none, or some of its runs are to be done.
 */
export async function readCrossValidation(directory: string): Promise<CrossValidation> {
  const results = (await readRunJson(directory, resultsFile)) as CrossValidation;
  const { pooled, runs, runCount } = results;
  if (pooled && runs.length === runCount) return results;
  const done = pooled ? `${runs.length} of ${runCount} runs are done` : 'it is of another kind';
  throw new SerError(
    'RUN_INVALID',
    `${join(directory, resultsFile)} is not of a finished cross-validation: ${done}.`,
  );
}

/**
 * Reads a JSON file of a run folder.
 *
 * @throws SerError `RUN_INVALID` when it is missing or not JSON.
 */
export async function readRunJson(directory: string, name: string): Promise<unknown> {
  const path = join(directory, name);
  const text = await readText(path).catch((cause) => {
    throw new SerError('RUN_INVALID', `${directory} is not a finished run: there is no ${name}.`, {
      cause,
    });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SerError('RUN_INVALID', `${path} is not JSON.`, { cause });
  }
}
