import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addNoise, loadDsp } from '@ser/dsp-wasm';
import { type AudioClip, createClassifier, decodeAudio } from '@ser/runtime';
import { expect, it } from 'vitest';
import { channelNames, hearThrough, testChannels } from '../../src/features/channel.ts';
import { runFiles } from '../../src/run/run-folder.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { evaluateModel, readDataset, train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

it('scores test clips in noise and over a telephone, which come before trim and level', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const trim = { topDb: 30, noiseMarginDb: 5, frameLength: 2048, hopLength: 512 };
  const outDirectory = join(directory, 'run');
  const { modelPath, summary } = await train({
    settings: {
      data: [corpus],
      recipe: { ...tinyRecipe, trim, levelDb: -30 },
      protocol: 'speaker-kfold',
      ...{ seed: 0, fold: 0, splitFile: null },
    },
    outDirectory,
  });
  const tested = summary.predictions.filter(({ split }) => split === 'test');
  const { noise, telephone } = summary.channels!;
  expect(noise).toHaveLength(tested.length);
  expect(telephone).toHaveLength(tested.length);

  const dsp = await loadDsp();
  const classifier = await createClassifier(modelPath);
  const { frontEnd, labels } = classifier.manifest;
  expect(frontEnd.trim).toEqual(trim);
  expect(frontEnd.levelDb).toBe(-30);
  const addOwnNoise = ({ samples, sampleRateHz: fromHz }: AudioClip, seed: number): AudioClip => {
    const { sampleRateHz } = tinyRecipe.features!;
    const resampled = dsp.resample(samples, { fromHz, toHz: sampleRateHz });
    return {
      samples: addNoise(resampled, { snrDb: testChannels.noise.noiseSnrDb, seed }),
      sampleRateHz,
    };
  };
  const { clips } = await readDataset([corpus]);
  for (const [at, { path }] of tested.entries()) {
    const clip = await decodeAudio(await readFile(path));
    const { contentHash } = clips.find((listed) => listed.path === path)!;
    const seed = Number.parseInt(contentHash.slice(0, 8), 16);
    for (const [heard, predictions] of [
      [addOwnNoise(clip, seed), noise],
      [hearThrough(clip, 'telephone', { sampleRateHz: 8000, seed, dsp }), telephone],
    ] as const) {
      const { probabilities } = await classifier.predict(heard);
      labels.forEach((label, index) => {
        expect(probabilities[label]).toBeCloseTo(predictions![at]!.probabilities[index]!, 5);
      });
    }
  }
  await classifier.dispose();

  const splitPath = join(outDirectory, runFiles.split);
  for (const name of channelNames) {
    const { evaluation } = await evaluateModel({
      ...{ modelPath, data: [corpus], splitPath, channel: testChannels[name] },
    });
    const right = summary.channels![name]!.filter(({ truth, predicted }) => truth === predicted);
    expect(evaluation.accuracy).toBe(right.length / tested.length);
  }
});
