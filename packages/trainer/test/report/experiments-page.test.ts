import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeExperimentsPage } from '../../src/report/experiments-page.ts';
import type { ClipPrediction } from '../../src/report/run-summary.ts';
import { summariseFolds } from '../../src/run/summarise-folds.ts';
import { parseNetworkRecipe as parseRecipe } from '../network-recipe.ts';
import { tinyRecipe } from '../run/tiny-run.ts';
import { makeSampleRun } from './sample-run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ser-experiments-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

/** A run whose test side is right on every clip that `isRight` picks. */
function makeRun(isRight: (prediction: ClipPrediction, at: number) => boolean) {
  const run = makeSampleRun();
  const test = run.predictions.filter(({ split }) => split === 'test');
  const predictions = test.map((each, at) => ({
    ...each,
    predicted: isRight(each, at) ? each.truth : run.labels.find((label) => label !== each.truth)!,
  }));
  return { ...run, predictions };
}

async function writeCrossValidation(
  name: string,
  isRight: (prediction: ClipPrediction, at: number) => boolean,
  changes: object = {},
): Promise<string> {
  const directory = join(folder, 'machine', name);
  await mkdir(directory, { recursive: true });
  const runs = [0, 1].map((seed) => ({
    ...{ seed, fold: 0, directory: `seed-${seed}-fold-0`, tested: [] },
    summary: makeRun(isRight),
  }));
  const data = [join(folder, 'machine', 'ravdess')];
  const results = {
    command: `ser cross-validate --data ${data[0]} --recipe tiny --protocol speaker-kfold --seeds 0,1`,
    createdAt: '2026-01-02T03:04:05.000Z',
    ...{ recipe: tinyRecipe, protocol: 'speaker-kfold', folds: null, data, seeds: [0, 1] },
    ...{ runCount: 2, jobs: 1, elapsedSec: 90, environment: { node: '20' } },
    ...summariseFolds(runs),
    ...changes,
  };
  await writeFile(join(directory, 'results.json'), JSON.stringify(results));
  return directory;
}

async function write(variants: string[], directories: string[]): Promise<string> {
  const page = join(folder, 'page.md');
  await mkdir(join(folder, 'page'), { recursive: true });
  const experiment = {
    title: 'Size',
    question: 'Why?',
    finding: 'So.',
    baseline: 'base',
    variants,
  };
  await writeFile(join(folder, 'page', 'experiments.json'), JSON.stringify([experiment]));
  await writeExperimentsPage(page, directories);
  return readFile(page, 'utf8');
}

/** More or less often, as the speaker is. */
const some = ({ speaker }: ClipPrediction, at: number) => at % (2 + (Number(speaker) % 4)) === 0;
const all = () => true;
const smaller = parseRecipe(
  { ...tinyRecipe, name: 'smaller', model: { ...tinyRecipe.model, lstmUnits: [4, 2], dropout: 0 } },
  'smaller',
);

describe('writeExperimentsPage', () => {
  it('takes a setting that is null for one that is absent', async () => {
    const trim = { topDb: 30, frameLength: 2048, hopLength: 512 };
    const [without, none] = [trim, { ...trim, noiseMarginDb: null }].map((each) =>
      parseRecipe({ ...tinyRecipe, trim: each }, 'tiny'),
    );
    const directories = [
      await writeCrossValidation('base', some, { recipe: without }),
      await writeCrossValidation('same', some, { recipe: { ...none, name: 'same', speeds: [2] } }),
    ];
    expect(await write(['same'], directories)).toContain('| same | `speeds: [1] → [2]` |');
  });

  it('tells what a variant changes and what it gives, on the page and in a picture', async () => {
    const directories = [
      await writeCrossValidation('base', some),
      await writeCrossValidation('better', all, { recipe: smaller }),
    ];
    const page = await write(['better'], directories);
    expect(page).toContain('`model.lstmUnits: [8] → [4, 2]`<br>`model.dropout: 0.2 → 0`');
    const row = /^\| better .*$/m.exec(page)![0];
    expect(row).toContain('100.0 ± 0.0 %');
    const [, difference, low, high] = /\| \+([\d.]+) \| \+([\d.]+) to \+([\d.]+) \|/.exec(row)!;
    expect(Number(difference)).toBeGreaterThan(Number(low));
    expect(Number(difference)).toBeLessThan(Number(high));
    expect(page).toContain('**Finding:** So.');
    expect(await readFile(join(folder, 'page.svg'), 'utf8')).toContain(`+${difference}`);
    const kept = await readFile(join(folder, 'page', 'results', 'better.json'), 'utf8');
    expect(kept).not.toContain(folder);
    expect(kept).not.toContain('clipId');
    expect(await write(['better'], [])).toBe(page);
  });

  it('counts the run that a variant started from as its change', async () => {
    const init = join(folder, 'machine', 'earlier');
    const directories = [
      await writeCrossValidation('base', some),
      await writeCrossValidation('pretrained', all, { init }),
    ];
    const page = await write(['pretrained'], directories);
    expect(page).toContain('`init: random weights → earlier`');
    expect(await readFile(join(folder, 'page', 'results', 'pretrained.json'), 'utf8')).toContain(
      '"init": "runs/earlier"',
    );
  });

  it('compares over the speakers that both have where the corpora differ', async () => {
    const speakers = makeRun(some).predictions.map(({ speaker }) => speaker);
    const [first] = speakers;
    const kept = summariseFolds(
      [0, 1].map((seed) => {
        const run = makeRun(all);
        const predictions = run.predictions.filter(({ speaker }) => speaker !== first);
        return { seed, fold: 0, directory: '', tested: [], summary: { ...run, predictions } };
      }),
    );
    const data = ['/other/ravdess', '/other/emodb'];
    const directories = [
      await writeCrossValidation('base', some),
      await writeCrossValidation('more', all, { ...kept, data, command: '' }),
    ];
    const page = await write(['more'], directories);
    const count = new Set(speakers).size;
    expect(page).toContain('`corpora: ravdess → emodb + ravdess`');
    expect(page).toContain(
      `over the ${count - 1} test speakers that both have, of ${count} and ${count - 1}`,
    );
  });

  it.each([
    [{ protocol: 'random' }, 'its protocol is random, not speaker-kfold'],
    [{ folds: 3 }, 'its folds is 3, not null'],
    [{ pooled: [{ seed: 4, counts: { labels: [], speakers: [] } }] }, 'its seeds are 4, not 0, 1'],
  ])('refuses what cannot be compared: %j', async (changes, reason) => {
    const directories = [
      await writeCrossValidation('base', some),
      await writeCrossValidation('other', all, changes),
    ];
    await expect(write(['other'], directories)).rejects.toMatchObject({
      code: 'RUN_INVALID',
      message: `other cannot be compared with base: ${reason}.`,
    });
  });

  it('names the results that are missing, or not finished', async () => {
    const base = await writeCrossValidation('base', some);
    await expect(write(['gone'], [base])).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: `There is no file ${join(folder, 'page', 'results', 'gone.json')}.`,
    });
    const open = await writeCrossValidation('open', some, { runCount: 5 });
    await expect(write(['open'], [open])).rejects.toMatchObject({ code: 'RUN_INVALID' });
  });
});
