import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { writeFileAtomic } from '../atomic-file.ts';
import { countSpeakers } from '../evaluate/speaker-counts.ts';
import { readText } from '../read-text.ts';
import type { CrossValidation } from '../run/cross-validate.ts';
import { readCrossValidation, readRunSummary, resultsFile, runFiles } from '../run/run-folder.ts';
import { type FoldScores, poolAdapted, type SeedScores } from '../run/summarise-folds.ts';

/** What the pages keep of a cross-validation: no path of the machine, no single clip. */
export interface PublishedCrossValidation extends Omit<CrossValidation, 'runs'> {
  name: string;
  runs: Omit<FoldScores, 'directory' | 'corpora'>[];
  /** Size of the first run's model file, whose weights are float32; null where it is gone. */
  modelBytes: number | null;
}

/** Whether a folder is one that `ser cross-validate` wrote; a run folder is not. */
export async function isCrossValidation(directory: string): Promise<boolean> {
  return Boolean(await stat(join(directory, resultsFile)).catch(() => null));
}

/**
 * Reads a finished cross-validation as the pages keep it, under the folder's name.
 *
 * @throws SerError `RUN_INVALID` where the folder holds none, or some of its runs are to be done
 */
export async function describeCrossValidation(
  directory: string,
): Promise<PublishedCrossValidation> {
  const results = await readCrossValidation(directory);
  const { command, data, init, runs, pooled } = results;
  const published = data.map((path) => `data/${basename(path)}`);
  const publishedInit = init === undefined ? undefined : `runs/${basename(init)}`;
  const model = await stat(join(directory, runs[0]!.directory, runFiles.model)).catch(() => null);
  return {
    name: basename(resolve(directory)),
    ...results,
    command: command
      .replace(data.join(' '), published.join(' '))
      .replace(`--init ${init}`, `--init ${publishedInit}`),
    data: published,
    ...(publishedInit !== undefined && { init: publishedInit }),
    modelBytes: model?.size ?? null,
    runs: runs.map(({ directory: _folder, corpora: _corpora, ...scores }) => scores),
    pooled: await Promise.all(pooled.map((scores) => completeScores(directory, scores, runs))),
  };
}

/** Results of older versions lack the counts and what adaptation gives; the run folders have them. */
async function completeScores(
  directory: string,
  scores: SeedScores,
  runs: readonly FoldScores[],
): Promise<SeedScores> {
  if (scores.counts && scores.adapted !== undefined) return scores;
  const own = runs.filter(({ seed }) => seed === scores.seed);
  const summaries = await Promise.all(
    own.map((run) => readRunSummary(join(directory, run.directory))),
  );
  const predictions = summaries.flatMap((summary) => summary.predictions);
  return {
    ...scores,
    adapted: poolAdapted(summaries),
    counts: countSpeakers(predictions.filter(({ split }) => split === 'test')),
  };
}

/** Writes what a page is made from as JSON, lists of numbers on one line each. */
export async function writePublished(path: string, content: object): Promise<void> {
  const text = JSON.stringify(content, null, 1);
  const short = text.replace(/\[[\s\d.,e+-]+\]/g, (list) => list.replace(/\s+/g, ' '));
  await writeFileAtomic(path, `${short}\n`);
}

/**
 * Reads what {@link writePublished} wrote.
 *
 * @throws SerError `FILE_NOT_FOUND` or `INVALID_ARGUMENT` that names the file
 */
export async function readPublished(path: string): Promise<unknown> {
  const text = await readText(path).catch((cause) => {
    throw new SerError('FILE_NOT_FOUND', `There is no file ${path}.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SerError('INVALID_ARGUMENT', `${path} is not JSON.`, { cause });
  }
}
