import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CrossValidation, writeSyntheticCorpus } from '@ser/trainer';
import { beforeAll, expect, it } from 'vitest';
import { readRun } from '../support/read-run.ts';
import { readSerOutput, runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { tinyRecipe } from '../support/tiny-recipe.ts';

const folder = makeTemporaryFolder();
const corpus = join(folder, 'corpus');
const recipe = join(folder, 'tiny.json');
const whole = join(folder, 'whole');

const listArguments = (out: string): string[] => [
  ...['cross-validate', '--data', corpus, '--recipe', recipe, '--out', out, '--json'],
  ...['--protocol', 'speaker-kfold', '--folds', '2', '--seeds', '0', '--jobs', '1'],
];

beforeAll(async () => {
  const emotions = ['neutral', 'happy', 'angry'] as const;
  await writeSyntheticCorpus(corpus, { speakers: 6, clipsPerEmotion: 2, emotions });
  const training = { ...tinyRecipe.training, keep: 'last' };
  writeFileSync(recipe, JSON.stringify({ ...tinyRecipe, training }));
  await readSerOutput(listArguments(whole));
});

/** Results without times and what else differs from call to call. */
function readResults(out: string): object {
  const text = readFileSync(join(out, 'results.json'), 'utf8');
  return JSON.parse(text, (key, value) =>
    ['createdAt', 'elapsedSec', 'trainingSec'].includes(key) ? undefined : value,
  );
}

it('a cross-validation killed on the way ends with the results of an unbroken one', async () => {
  const broken = join(folder, 'broken');
  const killed = await runSer(listArguments(broken), {
    onOutput: (text, child) => {
      if (/"epoch".*fold-1/.test(text)) child.kill('SIGKILL');
    },
  });
  expect(killed.exitCode).toBeNull();
  expect(readResults(broken)).toMatchObject({ runCount: 2, runs: [{}] });
  await readSerOutput(listArguments(broken));
  expect(readResults(broken)).toEqual(readResults(whole));
  const { command, folds, runs, pooled, environment } = readResults(whole) as CrossValidation;
  expect(command).toBe(
    `ser cross-validate --data ${corpus} --recipe tiny --protocol speaker-kfold --folds 2 --seeds 0`,
  );
  expect(folds).toBe(2);
  expect(runs.map(({ tested }) => tested.length)).toEqual([3, 3]);
  expect(runs.map(({ corpora }) => corpora.length)).toEqual([1, 1]);
  expect(pooled[0]!.speakers).toHaveLength(6);
  expect(pooled[0]!.uarSpeakerInterval!.over).toBe('speakers');
  expect(environment.processor).toMatch(/cores$/);

  const page = join(folder, 'results.md');
  await readSerOutput(['results', whole, '--out', page]);
  expect(readFileSync(page, 'utf8')).toContain(
    'ser cross-validate --data data/corpus --recipe tiny --protocol speaker-kfold --folds 2 --seeds 0 --jobs 1',
  );
  expect(readFileSync(join(folder, 'results', 'whole.json'), 'utf8')).not.toContain(folder);
});

it('trains on every speaker but the tested, and says how that goes', async () => {
  const [own, out] = [join(folder, 'unvalidated.json'), join(folder, 'unvalidated')];
  writeFileSync(own, JSON.stringify({ extends: 'tiny.json', validationShare: 0 }));
  const told = await readSerOutput([
    ...['cross-validate', '--data', corpus, '--recipe', own, '--out', out, '--jobs', '1'],
    ...['--protocol', 'speaker-kfold', '--folds', '2'],
  ]);
  expect(told).toMatch(/^seed-0-fold-1 epoch 6\/6 {2}train loss \d\.\d{4}$/m);
  expect(told).not.toMatch(/validation|null|NaN/);
  for (const fold of ['seed-0-fold-0', 'seed-0-fold-1']) {
    const { protocol, temperature } = readRun(join(out, fold));
    expect(protocol.sizes).toEqual({ train: 18, validation: 0, test: 18 });
    expect(temperature).toBeNull();
  }
});

it('gives a model that heard every clip its temperature', async () => {
  const run = join(folder, 'run');
  const trained = await readSerOutput([
    ...['train', '--data', corpus, '--recipe', recipe, '--protocol', 'all', '--out', run],
  ]);
  expect(trained).toMatch(/ 36 clips to train, 0 to validate, 0 to test\n/);
  expect(trained).not.toMatch(/validation|null|NaN/);
  const args = ['calibrate', '--run', run, '--cross-validation', whole];
  const told = await readSerOutput(args);
  const { temperature, windowTemperature, foldCalibration } = readRun(run);
  expect(told.split('\n').map((line) => line.match(/[\d.]*\d/g))).toEqual([
    [temperature!.toFixed(3), '36', '6', '2'],
    [foldCalibration!.evaluation.ece.toFixed(3)],
    ['3', windowTemperature!.toFixed(3), foldCalibration!.windows!.ece.toFixed(3)],
    null,
  ]);

  const missing = await runSer(args.with(-1, join(folder, 'missing')));
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toMatch(/^ser: [^\n]*missing[^\n]*\n$/);
});
