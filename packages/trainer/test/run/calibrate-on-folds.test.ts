import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClassifier } from '@ser/runtime';
import { expect, it } from 'vitest';
import type { RunSummary } from '../../src/report/run-summary.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads and processes need the built package.
const { calibrate, crossValidate, train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

it('fits the temperature to what the folds said of speakers that the run does not test', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const data = [corpus];
  const run = join(directory, 'run');
  const folds = join(directory, 'folds');
  await mkdir(run);
  const settings = {
    ...{ data, recipe: tinyRecipe, protocol: 'speaker-kfold' as const },
    ...{ seed: 0, fold: 0, folds: 3, splitFile: null },
  };
  const { summary: before } = await train({ settings, outDirectory: run });
  const options = { data, recipe: tinyRecipe, protocol: 'speaker-kfold' as const, jobs: 2 };
  await crossValidate({ ...options, folds: 3, seeds: [1], outDirectory: folds });
  const after = await calibrate(run, folds);

  // Of 6 speakers in 3 folds the run tests 2, so 4 are left, with 12 clips each.
  const { name, speakers, evaluation } = after.foldCalibration!;
  expect(after.foldCalibration).toMatchObject({ folds: 3, corpora: [{ clips: 48 }] });
  expect({ name, speakers: speakers.length, clips: evaluation.n }).toEqual({
    ...{ name: 'folds', speakers: 4, clips: 48 },
  });
  expect(evaluation.ece).toBeGreaterThan(0);
  expect(after.temperature).not.toBe(before.temperature);
  expect(after.predictions.map(({ predicted }) => predicted)).toEqual(
    before.predictions.map(({ predicted }) => predicted),
  );
  expect(after.evaluations.test!.uar).toBe(before.evaluations.test!.uar);
  const factor = before.temperature! / after.temperature!;
  const scaled = listLogits(before).map((logit) => (logit * factor).toFixed(6));
  expect(listLogits(after).map((logit) => logit.toFixed(6))).toEqual(scaled);

  const stored = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  expect(stored).toEqual(JSON.parse(JSON.stringify(after)));
  const classifier = await createClassifier(join(run, 'model.onnx'));
  expect(classifier.manifest.calibration.temperature).toBe(after.temperature);
  await classifier.dispose();

  // What was written stays what it was, whatever it was calibrated on before.
  expect((await calibrate(run, folds)).temperature).toBeCloseTo(after.temperature!, 9);

  const training = { ...tinyRecipe.training, epochs: 1 };
  const others = join(directory, 'others');
  const recipe = { ...tinyRecipe, training };
  await crossValidate({ ...options, recipe, folds: 2, outDirectory: others });
  await expect(calibrate(run, others)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(/others, whose recipe is another than tiny/),
  });
  const files = ['folds/seed-1-fold-0', 'run'].map((name) => join(directory, name, 'run.json'));
  const spoil = async (file: string, change: (run: RunSummary) => Partial<RunSummary>) => {
    const text = await readFile(file, 'utf8');
    const run = JSON.parse(text);
    await writeFile(file, JSON.stringify({ ...run, ...change(run) }));
    return () => writeFile(file, text);
  };
  const restoreLabels = await spoil(files[0]!, ({ labels }) => ({ labels: labels.toReversed() }));
  await expect(calibrate(run, folds)).rejects.toMatchObject({
    message: expect.stringMatching(/folds, whose labels are .*; the run's are /),
  });
  await restoreLabels();
  const restoreProbabilities = await spoil(files[1]!, ({ predictions }) => ({
    predictions: predictions.map(({ probabilities, ...rest }) => rest as (typeof predictions)[0]),
  }));
  await expect(calibrate(run, folds)).rejects.toMatchObject({
    code: 'RUN_INVALID',
    message: expect.stringMatching(/older version/),
  });
  await restoreProbabilities();
  const restoreSides = await spoil(files[1]!, ({ predictions }) => ({
    predictions: predictions.map((clip) => ({ ...clip, split: 'test' as const })),
  }));
  await expect(calibrate(run, folds)).rejects.toMatchObject({
    message: expect.stringMatching(/fewer than two folds/),
  });
  await restoreSides();

  const heard = join(directory, 'heard');
  await crossValidate({ ...options, recipe, protocol: 'random', outDirectory: heard });
  await expect(calibrate(run, heard)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await rm(join(folds, 'results.json'));
  await expect(calibrate(run, folds)).rejects.toMatchObject({ code: 'RUN_INVALID' });
}, 240_000);

it('calibrates a model that heard every clip, and was tested on none', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const data = [corpus];
  const training = { ...tinyRecipe.training, keep: 'last' as const };
  const last = { ...tinyRecipe, training };
  const [everything, lastFolds] = [join(directory, 'everything'), join(directory, 'folds')];
  await mkdir(everything);
  const all = {
    data,
    recipe: tinyRecipe,
    protocol: 'all' as const,
    seed: 0,
    fold: null,
    splitFile: null,
  };
  await expect(train({ settings: all, outDirectory: everything })).rejects.toMatchObject({
    message: expect.stringMatching(/training\.keep is best/),
  });
  const { summary } = await train({
    settings: { ...all, recipe: last },
    outDirectory: everything,
  });
  expect(summary).toMatchObject({
    ...{ temperature: null, protocol: { sizes: { train: 72, validation: 0, test: 0 } } },
  });
  await crossValidate({
    ...{ data, recipe: last, protocol: 'speaker-kfold', jobs: 2 },
    ...{ folds: 2, outDirectory: lastFolds },
  });
  const whole = await calibrate(everything, lastFolds);
  expect(Object.keys(whole.evaluations)).toEqual(['train']);
  expect(whole.foldCalibration!.evaluation.n).toBe(72);
  const model = await createClassifier(join(everything, 'model.onnx'));
  const { calibration, scores } = model.manifest;
  const { temperature, windowTemperature } = whole;
  expect(calibration).toEqual({ temperature, windowTemperature });
  expect(windowTemperature).not.toBe(temperature);
  const { windows } = whole.foldCalibration!;
  expect(windows!.windows).toBeGreaterThan(12);
  expect(windows!.ece).toBeGreaterThan(0);
  expect(scores).toMatchObject([{ clips: 72, uar: whole.foldCalibration!.evaluation.uar }]);
  await model.dispose();
  await expect(
    crossValidate({ data, recipe: last, protocol: 'all', outDirectory: join(directory, 'none') }),
  ).rejects.toMatchObject({ message: expect.stringMatching(/tests nothing/) });
}, 240_000);

/** Of each clip the log of the ratio of its first two probabilities: a difference of logits. */
function listLogits({ predictions }: RunSummary): number[] {
  return predictions.map(({ probabilities: [first, second] }) => Math.log(first! / second!));
}
