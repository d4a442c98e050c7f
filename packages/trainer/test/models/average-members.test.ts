import { createClassifier } from '@ser/runtime';
import { expect, it } from 'vitest';
import { predictProbabilities } from '../../src/fit/predict-probabilities.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { exportModel } from '../../src/onnx/export-model.ts';
import { createExamples } from '../fit/synthetic-examples.ts';
import { tinyRecipe } from '../run/tiny-run.ts';

it('gives the mean of its members’ probabilities, in tfjs and in ONNX', async () => {
  const matrices = createExamples(12, 1, 13).map(({ matrix }) => matrix);
  const shape = { features: 13, classes: 3, seed: 5 };
  const ensemble = buildModel({ ...tinyRecipe.model, members: 3 }, shape);
  const alone = buildModel({ ...tinyRecipe.model, members: 1 }, shape);
  const probabilities = predictProbabilities(ensemble, matrices);

  const sums = matrices.map(() => [0, 0, 0]);
  for (const prefix of ['', 'member_2_', 'member_3_']) {
    for (const layer of alone.layers) {
      const source = ensemble.layers.find(({ name }) => name === prefix + layer.name);
      if (source && layer.weights.length > 0) layer.setWeights(source.getWeights());
    }
    predictProbabilities(alone, matrices).forEach((row, at) => {
      row.forEach((value, label) => {
        sums[at]![label]! += value / 3;
      });
    });
  }
  probabilities.forEach((row, at) => {
    row.forEach((value, label) => {
      expect(value).toBeCloseTo(sums[at]![label]!, 6);
    });
  });

  const { features, trim } = tinyRecipe;
  const classifier = await createClassifier(
    exportModel(ensemble, {
      ...{ formatVersion: 1, name: 'ensemble', labels: ['a', 'b', 'c'], scores: [] },
      frontEnd: { kind: 'features', features: features!, trim },
      normalisation: 'clip',
      training: { recipe: 'tiny', seed: 5, corpora: [], synthetic: true },
      calibration: { temperature: 1 },
      generator: { name: 'ser', version: '0' },
    }),
  );
  const exported = await classifier.predictFeatures(matrices);
  exported.forEach((row, at) => {
    row.forEach((value, label) => {
      expect(value).toBeCloseTo(probabilities[at]![label]!, 5);
    });
  });
  await classifier.dispose();
});
