import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveFeatureConfig } from '@ser/dsp-wasm';
import { applyTemperature, createClassifier } from '@ser/runtime';
import { expect, it } from 'vitest';
import type { Clip } from '../../src/datasets/clip.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import type { RunSummary } from '../../src/report/run-summary.ts';
import { cutWindows } from '../../src/run/cut-windows.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const makeClip = (speaker: string, label: string): Clip =>
  ({ corpus: 'own', speaker, label, id: `${speaker}${label}` }) as Clip;

it('joins what one speaker spoke with one label, and cuts it every second', async () => {
  const clips = [
    makeClip('a', 'sad'),
    makeClip('b', 'sad'),
    makeClip('a', 'sad'),
    makeClip('a', 'happy'),
  ];
  // Ten frames a second; the first column of a frame is its clip, the second its place.
  const frames = [25, 12, 18, 40];
  const matrices = new Map(
    clips.map((clip, at) => [
      clip,
      {
        data: Float32Array.from({ length: frames[at]! * 2 }, (_, i) => (i % 2 ? (i - 1) / 2 : at)),
        ...{ frames: frames[at]!, features: 2 },
      },
    ]),
  );
  const features = resolveFeatureConfig({ sampleRateHz: 5120, sets: ['rms'] });
  const frontEnd = { kind: 'features', features, trim: null } as const;
  const representation = { frontEnd, encoder: null };
  const windows = await cutWindows(clips, { representation, matrices });
  const told = windows.map(({ speaker, label, matrix }) => [
    ...[speaker, label, matrix.frames],
    ...[[...matrix.data.slice(0, 2)], [...matrix.data.slice(-2)]],
  ]);
  expect(told).toEqual([
    ['a', 'sad', 30, [0, 0], [2, 4]],
    ['a', 'sad', 30, [0, 10], [2, 14]],
    ['a', 'sad', 30, [0, 13], [2, 17]],
    ['b', 'sad', 12, [1, 0], [1, 11]],
    ['a', 'happy', 30, [3, 0], [3, 29]],
    ['a', 'happy', 30, [3, 10], [3, 39]],
  ]);
});

it('trains on windows afterwards, and goes on after a stop in it', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const windowTraining = { epochs: 3, learningRate: 0.001, share: 0.5 };
  const start = async (
    name: string,
    recipe: Recipe = { ...tinyRecipe, windowTraining },
    stopAt = 0,
  ) => {
    const outDirectory = join(directory, name);
    await mkdir(outDirectory, { recursive: true });
    const controller = new AbortController();
    const epochs: string[] = [];
    const done = train({
      settings: {
        ...{ data: [corpus], recipe, protocol: 'speaker-kfold' },
        ...{ seed: 0, fold: 0, splitFile: null },
      },
      ...{ outDirectory, signal: controller.signal },
      onEvent: (event) => {
        if (event.type !== 'epoch') return;
        epochs.push(`${event.epoch}/${event.epochs}`);
        if (event.epoch === stopAt) controller.abort();
      },
    });
    return { done, epochs };
  };
  const confidences = ({ predictions }: RunSummary) =>
    predictions.map(({ confidence }) => confidence);

  const whole = await start('whole');
  const { summary, modelPath } = await whole.done;
  const first = tinyRecipe.training.epochs;
  const total = first + windowTraining.epochs;
  const counted = Array.from({ length: total }, (_, at) => at + 1);
  expect(whole.epochs).toEqual(counted.map((epoch) => `${epoch}/${total}`));
  expect(summary.history.map(({ epoch }) => epoch)).toEqual(counted);
  expect(summary.bestEpoch).toBeGreaterThan(first);

  const stopped = await start('stopped', undefined, first + 1);
  await expect(stopped.done).rejects.toMatchObject({ code: 'ABORTED' });
  const resumed = await start('stopped');
  expect(confidences((await resumed.done).summary)).toEqual(confidences(summary));
  expect(resumed.epochs[0]).toBe(`${first + 2}/${total}`);

  const plain = await (await start('plain', { ...tinyRecipe, windowTraining: null })).done;
  expect(confidences(plain.summary)).not.toEqual(confidences(summary));

  // The exported weights are the last ones.
  const tested = summary.predictions.find(({ split }) => split === 'test')!;
  const classifier = await createClassifier(modelPath);
  const { probabilities } = await classifier.predict(tested.path);
  await classifier.dispose();
  summary.labels.forEach((label, at) => {
    expect(probabilities[label]).toBeCloseTo(tested.probabilities[at]!, 5);
  });
}, 240_000);

it('gives the windows of a recording a temperature of their own', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const { modelPath, summary } = await train({
    settings: {
      ...{ data: [corpus], recipe: tinyRecipe, protocol: 'speaker-kfold' },
      ...{ seed: 0, fold: 0, splitFile: null },
    },
    outDirectory: join(directory, 'run'),
  });
  const sides = new Set(summary.windows!.map(({ split }) => split));
  expect(sides).toEqual(new Set(['validation', 'test']));
  const { temperature, windowTemperature } = summary;
  expect(windowTemperature).not.toBe(temperature);

  const classifier = await createClassifier(modelPath);
  expect(classifier.manifest.calibration).toEqual({ temperature, windowTemperature });
  const { path } = summary.predictions[0]!;
  const [row] = await classifier.predictFeatures([await classifier.features(path)]);
  const expected = applyTemperature(row!, windowTemperature! / temperature!);
  const windows = classifier.timeline(path, { windowSec: 60 });
  const { value: window } = await windows.next();
  classifier.labels.forEach((label, at) => {
    expect(window!.prediction!.probabilities[label]).toBeCloseTo(expected[at]!, 6);
  });
  await classifier.dispose();
});
