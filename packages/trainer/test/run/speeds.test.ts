import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDsp } from '@ser/dsp-wasm';
import { averageOverSpeeds, createClassifier, createFrontEnd, decodeAudio } from '@ser/runtime';
import { expect, it } from 'vitest';
import { runFiles } from '../../src/run/run-folder.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { evaluateModel, train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

it('scores, exports and predicts clips at all speeds of the recipe', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const speeds = [0.85, 1, 1.18];
  const outDirectory = join(directory, 'run');
  const { modelPath, summary } = await train({
    settings: {
      ...{ data: [corpus], recipe: { ...tinyRecipe, speeds }, protocol: 'speaker-kfold' },
      ...{ seed: 0, fold: 0, splitFile: null },
    },
    outDirectory,
  });
  const tested = summary.predictions.filter(({ split }) => split === 'test');
  const classifier = await createClassifier(modelPath);
  const { frontEnd, labels } = classifier.manifest;
  expect(classifier.manifest.speeds).toEqual(speeds);
  const batch = await classifier.predictBatch(tested.map(({ path }) => path));
  for (const [at, { path, probabilities }] of tested.entries()) {
    const outcome = batch[at]!;
    if (!outcome.ok) throw outcome.error;
    const alone = await classifier.predict(path);
    labels.forEach((label, index) => {
      expect(alone.probabilities[label]).toBeCloseTo(probabilities[index]!, 5);
      expect(outcome.prediction.probabilities[label]).toBeCloseTo(probabilities[index]!, 5);
    });
  }

  // By hand, from one clip's samples.
  const dsp = await loadDsp();
  const plain = await createFrontEnd(frontEnd);
  const { sampleRateHz } = plain;
  const clip = await decodeAudio(await readFile(tested[0]!.path));
  const samples = plain.prepare(clip);
  const matrices = speeds.map((factor) =>
    plain.process({ samples: dsp.changeSpeed(samples, { factor }), sampleRateHz }),
  );
  const [byHand] = averageOverSpeeds(await classifier.predictFeatures(matrices), speeds.length);
  byHand!.forEach((value, label) => {
    expect(value).toBeCloseTo(tested[0]!.probabilities[label]!, 5);
  });
  expect(await classifier.features(tested[0]!.path)).toEqual(plain.process(clip));
  await classifier.dispose();

  const { evaluation } = await evaluateModel({
    ...{ modelPath, data: [corpus], splitPath: join(outDirectory, runFiles.split) },
  });
  expect(evaluation.accuracy).toBe(summary.evaluations.test!.accuracy);
  expect(evaluation.ece).toBeCloseTo(summary.evaluations.test!.ece, 5);
});
