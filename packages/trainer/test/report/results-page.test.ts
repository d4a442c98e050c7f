import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeResultsPage } from '../../src/report/results-page.ts';
import type { RunSummary } from '../../src/report/run-summary.ts';
import { scoreAdapted } from '../../src/run/adapt-speakers.ts';
import { runFiles, writeRunSettings } from '../../src/run/run-folder.ts';
import { summariseFolds } from '../../src/run/summarise-folds.ts';
import { tinyRecipe } from '../run/tiny-run.ts';
import { makeSampleRun } from './sample-run.ts';

it('names what a run was trained on, its time with what came before, and no path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ser-results-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'machine', 'stranger');
  await mkdir(directory, { recursive: true });
  await writeRunSettings(directory, {
    ...{ data: [join(folder, 'ravdess'), join(folder, 'emodb')], recipe: tinyRecipe },
    ...{ protocol: 'cross-corpus', seed: 0, fold: 1, splitFile: null },
  });
  const sample = makeSampleRun('ravdess', 10);
  const other = makeSampleRun('emodb', 10);
  const run = {
    ...sample,
    ...{
      name: 'stranger',
      labels: other.labels,
      corpora: [...sample.corpora, ...other.corpora],
      preparationSec: 480,
    },
    predictions: [
      ...sample.predictions.filter(({ split }) => split !== 'test'),
      ...other.predictions.filter(({ split }) => split === 'test'),
    ],
  };
  await writeFile(join(directory, runFiles.summary), JSON.stringify(run));
  const path = join(folder, 'results.md');
  await writeResultsPage(path, [directory]);
  const page = await readFile(path, 'utf8');
  expect(page).toContain('| stranger | ravdess | speaker-kfold');
  const adapted = scoreAdapted(run as RunSummary)!;
  expect(page).toContain(`| ${(100 * adapted.uar).toFixed(1)} % (`);
  // Ten epochs of 12 seconds, and 8 minutes before them.
  expect(page).toMatch(/\| 10\.0 min \|/);
  expect(page).toContain('--data data/ravdess data/emodb --recipe tiny --protocol cross-corpus');
  expect(page).not.toContain(folder);
  expect(await readFile(join(folder, 'results', 'stranger.json'), 'utf8')).not.toContain(folder);
});

it('scores the corpora of a cross-validation one by one where it tests several', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ser-results-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const directory = join(folder, 'both');
  await mkdir(directory);
  const finished = ['ravdess', 'emodb'].map((corpus, fold) => ({
    ...{ seed: 0, fold, directory: `fold-${fold}`, tested: [corpus] },
    summary: makeSampleRun(corpus, 10),
  }));
  const found = summariseFolds(finished);
  const results = {
    ...{ command: 'ser cross-validate', createdAt: '', recipe: tinyRecipe, init: undefined },
    ...{ protocol: 'speaker-kfold', folds: 2, data: ['ravdess', 'emodb'], seeds: [0] },
    ...{ runCount: 2, jobs: 1, elapsedSec: 60, environment: {}, ...found },
  };
  await writeFile(join(directory, 'results.json'), JSON.stringify(results));
  const path = join(folder, 'results.md');
  await writeResultsPage(path, [directory]);
  const corpora = found.pooled[0]!.corpora.map(
    ({ corpus, uar }) => `${corpus} ${(100 * uar).toFixed(1)} %`,
  );
  expect(corpora).toHaveLength(2);
  const page = await readFile(path, 'utf8');
  expect(page).toContain(`; by corpus ${corpora.join(', ')}`);
  const { uar } = found.pooled[0]!.adapted!;
  expect(page).toContain(`| ${(100 * uar).toFixed(1)} % (`);
});
