import { createClassifier } from '@ser/runtime';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../src/fit/example.ts';
import { fitModel } from '../../src/fit/fit-model.ts';
import { predictProbabilities } from '../../src/fit/predict-probabilities.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { describeArchitecture } from '../../src/models/describe-architecture.ts';
import { listWeights } from '../../src/models/named-weights.ts';
import { exportModel } from '../../src/onnx/export-model.ts';
import { type ModelOptions, resolveModelSettings } from '../../src/recipes/model-settings.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { createExamples } from '../fit/synthetic-examples.ts';
import { tinyRecipe } from '../run/tiny-run.ts';

const plain: ModelOptions = {
  ...{
    normalisation: 'corpus',
    specAugment: null,
    lstmUnits: [6, 4],
    denseUnits: 16,
    dropout: 0.1,
  },
};
const training = {
  ...tinyRecipe.training,
  ...{ epochs: 10, batchSize: 8, learningRate: 0.01, keep: 'last' as const },
};
/** As many columns as the tiny recipe has; one of the first three is raised. */
const shape = { features: 13, classes: 3 };
const [train, validation] = [1, 2].map((seed) =>
  createExamples(260, seed, shape.features).filter(({ label }) => label < shape.classes),
) as [Example[], Example[]];
const matrices = validation.map(({ matrix }) => matrix);

const architectures: [string, Partial<ModelOptions>, RegExp][] = [
  ['attention pooling', { pooling: 'attention' }, /attention pooling/],
  ['statistics pooling', { pooling: 'statistics' }, /statistics pooling/],
  ['last, mean and maximum', { pooling: 'last-mean-max' }, /mean and maximum/],
  [
    'convolutions',
    { convolution: { channels: [8, 6], kernelSize: 3, stride: 1 } },
    /convolutions over 3 frames of 8, 6 channels/,
  ],
  [
    'convolutions with a stride',
    { convolution: { channels: [6], kernelSize: 5, stride: 2 }, pooling: 'last-mean-max' },
    /stride 2/,
  ],
  [
    'a residual BiLSTM',
    { residual: true, lstmUnits: [6, 6, 4] },
    /^masked residual bidirectional LSTM \(6, 6, 4 units/,
  ],
  [
    'convolutions over frames and columns',
    { spectrogramConvolution: { channels: [8, 8], poolBands: 2, width: 16 }, lstmUnits: [8] },
    /3 × 3 convolutions of 8, 8 channels/,
  ],
  [
    'both convolutions',
    {
      spectrogramConvolution: { channels: [8], poolBands: 2 },
      convolution: { channels: [8], kernelSize: 3, stride: 2 },
      lstmUnits: [8],
    },
    /columns pooled by 2, convolutions over 3 frames/,
  ],
  [
    'a transformer',
    {
      transformer: { layers: 2, heads: 2, width: 12, feedForward: 16 },
      ...{ lstmUnits: [], pooling: 'attention' },
    },
    /^masked transformer \(2 layers of 2 heads, width 12, feed-forward 16, attention pooling/,
  ],
  [
    'two members with convolutions and a transformer',
    {
      convolution: { channels: [8], kernelSize: 3, stride: 2 },
      transformer: { layers: 1, heads: 4, width: 8, feedForward: 8 },
      ...{ lstmUnits: [], pooling: 'statistics', members: 2 },
    },
    /convolutions over 3 frames of 8 channels, stride 2, 1 layers/,
  ],
  [
    'pooled frames alone',
    { lstmUnits: [], pooling: 'statistics' },
    /^masked network of pooled frames \(statistics pooling, dense 16/,
  ],
  ['two members with attention', { pooling: 'attention', members: 2 }, /attention pooling/],
];

function largestDifference(actual: ArrayLike<number>[], expected: ArrayLike<number>[]): number {
  expect(actual.length).toBe(expected.length);
  const differences = expected.flatMap((row, at) =>
    Array.from(row, (value, label) => Math.abs(value - actual[at]![label]!)),
  );
  // Math.max gives NaN where one of them is NaN.
  return Math.max(...differences);
}

describe.each(architectures)('%s', (_, change, words) => {
  const model = buildModel({ ...plain, ...change }, { ...shape, seed: 3 });

  it('learns, keeps no tensors, and reaches all of its weights', async () => {
    const untrained = [...listWeights(model)].map(([name, weight]) => ({
      name,
      values: [...weight.read().dataSync()],
    }));
    const counts = new Set<number>();
    const onEpoch = () => counts.add(tf.memory().numTensors);
    const before = tf.memory().numTensors;
    const { history } = await fitModel(model, {
      ...{ train, validation, settings: training, seed: 0, onEpoch },
    });
    expect(counts.size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    expect(history.at(-1)!.trainLoss).toBeLessThan(0.9 * history[0]!.trainLoss);
    expect(history.at(-1)!.validationAccuracy).toBeGreaterThan(0.6);
    const weights = listWeights(model);
    const still = untrained.filter(
      ({ name, values }) => `${values}` === `${weights.get(name)!.read().dataSync()}`,
    );
    expect(still.map(({ name }) => name)).toEqual([
      'standardise/mean',
      'standardise/inverse_deviation',
    ]);
  });

  it('gives a clip alone what it gives it in a padded batch', () => {
    const together = predictProbabilities(model, matrices);
    const alone = matrices.flatMap((matrix) => predictProbabilities(model, [matrix]));
    expect(largestDifference(alone, together)).toBeLessThan(1e-6);
  });

  it('gives the same in ONNX, alone and in a padded batch', async () => {
    const classifier = await createClassifier(
      exportModel(model, {
        ...{ formatVersion: 1, name: 'test', labels: ['a', 'b', 'c'], scores: [] },
        frontEnd: { kind: 'features', features: tinyRecipe.features!, trim: null },
        normalisation: 'corpus',
        training: { recipe: 'tiny', seed: 5, corpora: [], synthetic: true },
        calibration: { temperature: 1 },
        generator: { name: 'ser', version: '0' },
      }),
    );
    const together = await classifier.predictFeatures(matrices);
    expect(largestDifference(together, predictProbabilities(model, matrices))).toBeLessThan(1e-5);
    const alone: Float32Array[] = [];
    for (const matrix of matrices) alone.push(...(await classifier.predictFeatures([matrix])));
    expect(largestDifference(alone, together)).toBeLessThan(1e-6);
    await classifier.dispose();
  });

  it('is named in the words of a model card', () => {
    expect(describeArchitecture(resolveModelSettings({ ...plain, ...change }))).toMatch(words);
  });

  it('starts from the same weights for the same seed, and from others for another', () => {
    const build = (seed: number) => {
      const built = buildModel({ ...plain, ...change }, { ...shape, seed });
      return predictProbabilities(built, matrices);
    };
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });
});

it('is what it was where a recipe names no part of the architecture', () => {
  expect(resolveModelSettings(plain)).toMatchObject({ pooling: 'last', members: 1 });
  const model = buildModel(plain, { features: 5, classes: 2, seed: 0 });
  expect(model.layers.map(({ name }) => name)).toEqual([
    ...['features', 'standardise', 'lengths', 'bilstm_1', 'dropout_1', 'bilstm_2', 'dense'],
    ...['dropout_dense', 'logits'],
  ]);
});

it('refuses to pool away all columns', () => {
  const spectrogramConvolution = { channels: [4, 4, 4], poolBands: 3 };
  const build = () => buildModel({ ...plain, spectrogramConvolution }, { ...shape, seed: 0 });
  expect(build).toThrow(/13 feature columns by 3 3 times/);
});

const transformer = { layers: 1, heads: 4, width: 8, feedForward: 8 };

it.each([
  [{ pooling: 'median' }, /pooling/],
  [{ convolution: { channels: [8], kernelSize: 4, stride: 1 } }, /kernelSize: must be odd/],
  [{ convolution: { channels: [8], kernelSize: 3, stride: 3 } }, /stride/],
  [{ spectrogramConvolution: { channels: [] } }, /spectrogramConvolution\.channels/],
  [{ residual: true, lstmUnits: [8] }, /residual: is true.*two entries in lstmUnits/],
  [{ lstmUnits: [] }, /pooling: is last, .* without them it takes attention/],
  [{ transformer, pooling: 'attention' }, /lstmUnits: is \[6,4\].*must be \[\]/],
  [{ transformer, lstmUnits: [] }, /pooling: is last, /],
  [{ transformer, lstmUnits: [], pooling: 'last-mean-max' }, /pooling: is last-mean-max/],
  [
    { transformer: { ...transformer, heads: 3 }, lstmUnits: [], pooling: 'attention' },
    /width of 8, which its 3 heads do not divide/,
  ],
] as [object, RegExp][])('refuses %o', (change, message) => {
  expect(() => resolveModelSettings({ ...plain, ...change })).toThrow(message);
});
