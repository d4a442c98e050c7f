import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { writeFileAtomic } from '../atomic-file.ts';
import type { Clip } from '../datasets/clip.ts';
import { findProblems } from '../datasets/findings.ts';
import { readDataset } from '../datasets/read-dataset.ts';
import { prepareCopies } from '../features/extract-clips.ts';
import { selectRepresentation } from '../features/representation.ts';
import type { ProtocolName } from '../protocols/split.ts';
import { listFolds } from '../protocols/split-dataset.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { extractDataset } from './extract-dataset.ts';
import { runJob } from './job-process.ts';
import {
  isNewRun,
  type RunSettings,
  readRunJson,
  readRunSummary,
  resultsFile,
  runFiles,
  writeRunSettings,
} from './run-folder.ts';
import { type FinishedFold, type FoldsSummary, summariseFolds } from './summarise-folds.ts';
import type { TrainEvent } from './train.ts';

/** What happens in a cross-validation, in order. */
export type CrossValidateEvent =
  | Extract<TrainEvent, { type: 'listening' }>
  | { type: 'features'; done: number; total: number }
  | Extract<TrainEvent, { type: 'dataset' }>
  /** A run that is done already, or starts now. */
  | {
      type: 'run';
      name: string;
      state: 'kept' | 'started' | 'finished';
      done: number;
      total: number;
    }
  | { type: 'epoch'; name: string; event: Extract<TrainEvent, { type: 'epoch' }> };

/** Input of `crossValidate`. */
export interface CrossValidateOptions {
  /** Corpus folders. */
  data: readonly string[];
  recipe: Recipe;
  protocol: Exclude<ProtocolName, 'file'>;
  /** How many folds `speaker-kfold` makes. Default 5; not for other protocols. */
  folds?: number;
  /** Every fold is run with each of them. Default 0 alone. */
  seeds?: readonly number[];
  /** A finished run whose weights every run starts from. Default: random weights. */
  init?: string;
  /** Folder of the run folders and of the results file. */
  outDirectory: string;
  /** Runs at the same time, each in a process of its own. Default: the number of cores. */
  jobs?: number;
  onEvent?: (event: CrossValidateEvent) => void;
  signal?: AbortSignal;
}

/** What `crossValidate` finds, as `results.json` holds it. */
export interface CrossValidation extends FoldsSummary {
  /** What makes these results; the recipe is named, and whole below. */
  command: string;
  /** When the last run ended, ISO 8601. */
  createdAt: string;
  recipe: Recipe;
  protocol: ProtocolName;
  /** How many folds `speaker-kfold` was asked to make; null: as the protocol has it. */
  folds: number | null;
  data: string[];
  /** The finished run whose weights every run started from; absent: random weights. */
  init?: string;
  seeds: number[];
  /** Runs of the whole; `runs` has fewer while it is under way. */
  runCount: number;
  jobs: number;
  /** Time by the clock, over all calls that it took. */
  elapsedSec: number;
  /** Versions and machine, by name. */
  environment: Record<string, string>;
}

/** One run of the whole. */
interface PlannedRun {
  name: string;
  tested: string[];
  settings: RunSettings;
}

/**
 * Trains and tests every fold of a protocol with every seed, and writes `results.json` after each.
 * What is finished in the folder is kept, what was interrupted goes on from its last epoch.
 *
 * @throws SerError what a run failed with; the others are stopped and can go on later.
 */
export async function crossValidateRuns(options: CrossValidateOptions): Promise<CrossValidation> {
  const { outDirectory, jobs = availableParallelism() } = options;
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new SerError('INVALID_ARGUMENT', `jobs is ${jobs}; it must be a whole number from 1.`);
  }
  const started = performance.now();
  const earlierSec = await readElapsed(outDirectory);
  const { clips, planned } = await planRuns(options);
  const finished = new Map<PlannedRun, FinishedFold>();
  const report = (run: PlannedRun, state: 'kept' | 'started' | 'finished'): void =>
    options.onEvent?.({
      ...{ type: 'run', name: run.name, state },
      ...{ done: finished.size, total: planned.length },
    });
  const record = async (run: PlannedRun): Promise<CrossValidation> => {
    finished.set(run, await readFinished(outDirectory, run));
    const elapsedSec = earlierSec + (performance.now() - started) / 1000;
    const done = planned.flatMap((each) => finished.get(each) ?? []);
    const results = describeResults(options, done, { runCount: planned.length, jobs, elapsedSec });
    await writeFileAtomic(join(outDirectory, resultsFile), `${JSON.stringify(results, null, 1)}\n`);
    return results;
  };

  let results: CrossValidation | undefined;
  const open: PlannedRun[] = [];
  for (const run of planned) {
    const directory = join(outDirectory, run.name);
    if (await isNewRun(directory, run.settings)) await writeRunSettings(directory, run.settings);
    // The model is written last.
    if (!(await stat(join(directory, runFiles.model)).catch(() => null))) {
      open.push(run);
      continue;
    }
    results = await record(run);
    report(run, 'kept');
  }
  if (Math.min(jobs, open.length) > 1) await prepareTraining(clips, options);
  const failed = new AbortController();
  const signals = [failed.signal, ...(options.signal ? [options.signal] : [])];
  const signal = AbortSignal.any(signals);
  const work = async (): Promise<void> => {
    for (let run = open.shift(); run; run = open.shift()) {
      const { name } = run;
      report(run, 'started');
      await runJob(join(outDirectory, name), {
        onEvent: (event) => {
          if (event.type === 'epoch') options.onEvent?.({ type: 'epoch', name, event });
        },
        signal,
      });
      results = await record(run);
      report(run, 'finished');
    }
  };
  const stopOthers = (error: unknown): never => {
    failed.abort();
    throw error;
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: jobs }, () => work().catch(stopOthers)),
  );
  const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const isOwn = (error: unknown) => !(error instanceof SerError && error.code === 'ABORTED');
  if (failures.length > 0) throw failures.find(isOwn) ?? failures[0];
  return results!;
}

/** Lists the runs and their clips, once the features of all clips are in the cache. */
async function planRuns(
  options: CrossValidateOptions,
): Promise<{ clips: Clip[]; planned: PlannedRun[] }> {
  const { data, recipe, protocol, seeds = [0], init, signal } = options;
  const folds = options.folds !== undefined && { folds: options.folds };
  if (protocol === 'all') {
    throw new SerError(
      'INVALID_ARGUMENT',
      'protocol is all, which tests nothing; a cross-validation takes one that does.',
    );
  }
  if (seeds.length === 0) throw new SerError('INVALID_ARGUMENT', 'seeds is empty; give one.');
  const { labels: wanted, mergedLabels } = recipe;
  const listed = await readDataset(data, {
    ...{ labels: wanted, mergedLabels, signal },
    onProgress: (done, total) => options.onEvent?.({ type: 'listening', done, total }),
  });
  const { dataset } = await extractDataset(listed, {
    representation: await selectRepresentation(recipe),
    onProgress: (done, total) => options.onEvent?.({ type: 'features', done, total }),
    signal,
  });
  const { clips, labels, skipped } = dataset;
  const findings = findProblems(dataset);
  options.onEvent?.({ type: 'dataset', clips: clips.length, labels, skipped, findings });
  const planned = seeds.flatMap((seed) =>
    listFolds(dataset, { protocol, seed, ...folds }).map(({ fold, test }) => ({
      name: fold === null ? `seed-${seed}` : `seed-${seed}-fold-${fold}`,
      tested: test,
      settings: {
        ...{ data: [...data], recipe, protocol, seed, fold, ...folds, splitFile: null },
        ...(init !== undefined && { init }),
      },
    })),
  );
  return { clips, planned };
}

/** Computes the copies of clips before runs side by side would each compute them. */
async function prepareTraining(
  clips: readonly Clip[],
  { recipe, onEvent, signal }: CrossValidateOptions,
): Promise<void> {
  if (!recipe.augmentation) return;
  await prepareCopies(clips, {
    representation: await selectRepresentation(recipe),
    augmentation: recipe.augmentation,
    onProgress: (done) => onEvent?.({ type: 'features', done, total: clips.length }),
    signal,
  });
}

async function readFinished(
  outDirectory: string,
  { name, tested, settings }: PlannedRun,
): Promise<FinishedFold> {
  const summary = await readRunSummary(join(outDirectory, name));
  const { seed, fold } = settings;
  return { seed, fold, directory: name, tested, summary };
}

function describeResults(
  options: CrossValidateOptions,
  finished: FinishedFold[],
  rest: Pick<CrossValidation, 'runCount' | 'jobs' | 'elapsedSec'>,
): CrossValidation {
  const { recipe, protocol, folds = null, data, seeds = [0], init } = options;
  return {
    command: formatCommand(options),
    createdAt: new Date().toISOString(),
    ...{ recipe, protocol, folds, data: [...data], seeds: [...seeds] },
    ...(init !== undefined && { init }),
    ...rest,
    environment: finished[0]!.summary.environment,
    ...summariseFolds(finished),
  };
}

function formatCommand(options: CrossValidateOptions): string {
  const { data, recipe, protocol, folds, seeds = [0], init } = options;
  return [
    `ser cross-validate --data ${data.join(' ')} --recipe ${recipe.name} --protocol ${protocol}`,
    ...(folds === undefined ? [] : [`--folds ${folds}`]),
    `--seeds ${seeds.join(',')}`,
    ...(init === undefined ? [] : [`--init ${init}`]),
  ].join(' ');
}

async function readElapsed(outDirectory: string): Promise<number> {
  const previous = await readRunJson(outDirectory, resultsFile).catch(() => null);
  return (previous as CrossValidation | null)?.elapsedSec ?? 0;
}
