import { expect, it } from 'vitest';
import { fitModel } from '../../src/fit/fit-model.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { listWeights } from '../../src/models/named-weights.ts';
import { parseNetworkRecipe as parseRecipe } from '../network-recipe.ts';
import { createExamples } from './synthetic-examples.ts';

/** Uneven in labels and corpora, so that balancing changes something. */
const train = createExamples(45, 1)
  .filter(({ label }, at) => label === 0 || at % 2 === 0)
  .map((example, at) => ({ ...example, corpus: at % 3 === 0 ? 'a' : 'b' }));
const validation = createExamples(12, 2);

const base = {
  name: 'base',
  description: '',
  features: {},
  trim: null,
  model: { normalisation: 'corpus', specAugment: null, lstmUnits: [4], denseUnits: 4, dropout: 0 },
  training: {
    ...{ epochs: 3, batchSize: 8, learningRate: 0.01, schedule: 'cosine', weightDecay: 0 },
    ...{ gradientClipNorm: null, labelSmoothing: 0, patience: null },
  },
};

/** Trains as a recipe says, and returns the weights. */
async function trainWith(part: 'model' | 'training' | 'none', change: object): Promise<string> {
  const recipe = parseRecipe(
    part === 'none' ? base : { ...base, [part]: { ...base[part], ...change } },
    'test',
  );
  const model = buildModel(recipe.model, { features: 3, classes: 3, seed: 0 });
  await fitModel(model, { train, validation, settings: recipe.training, seed: 0 });
  const weights = [...listWeights(model).values()].map((weight) => [...weight.read().dataSync()]);
  return JSON.stringify(weights);
}

const plain = await trainWith('none', {});

it('trains to the same weights again', async () => {
  expect(await trainWith('none', {})).toBe(plain);
});

it.each([
  ['training', { epochs: 4 }],
  ['training', { batchSize: 4 }],
  ['training', { learningRate: 0.02 }],
  ['training', { schedule: 'constant' }],
  ['training', { schedule: 'one-cycle' }],
  ['training', { schedule: 'reduce-on-plateau' }],
  ['training', { weightDecay: 0.1 }],
  ['training', { gradientClipNorm: 0.05 }],
  ['training', { labelSmoothing: 0.2 }],
  ['training', { sampling: 'balanced-labels' }],
  ['training', { sampling: 'balanced-corpora' }],
  ['training', { sampling: 'balanced-labels-and-corpora' }],
  ['training', { classWeights: 'balanced' }],
  ['training', { mixup: 0.4 }],
  ['model', { normalisation: 'clip' }],
  ['model', { specAugment: { timeMasks: 1, timeShare: 0.5, featureMasks: 0, featureShare: 0 } }],
  ['model', { specAugment: { timeMasks: 0, timeShare: 0, featureMasks: 1, featureShare: 0.5 } }],
  ['model', { lstmUnits: [4, 4] }],
  ['model', { denseUnits: 5 }],
  ['model', { dropout: 0.3 }],
  ['model', { members: 2 }],
] as const)('a recipe can set %s %o', async (part, change) => {
  expect(await trainWith(part, change)).not.toBe(plain);
});
