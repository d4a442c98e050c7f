import { expect, it, vi } from 'vitest';
import type { Clip } from '../../src/datasets/clip.ts';
import { selectFeatures } from '../../src/features/representation.ts';
import { splitDataset } from '../../src/protocols/split-dataset.ts';
import type { NetworkRecipe } from '../../src/recipes/recipe.ts';
import { createExamples } from '../../src/run/create-examples.ts';
import { makeDataset } from '../corpora/fake-dataset.ts';
import { parseNetworkRecipe } from '../network-recipe.ts';

const augmented = vi.hoisted(() => [] as Clip[]);
vi.mock('../../src/features/extract-clips.ts', () => ({
  extractCopies: async (clips: readonly Clip[]) => {
    augmented.push(...clips);
    return clips.map(() => [matrix, matrix]);
  },
}));
const matrix = { data: Float32Array.of(0), frames: 1, features: 1 };

const recipe = parseNetworkRecipe(
  {
    name: 'test',
    description: '',
    features: {},
    trim: null,
    augmentation: { copies: 2, gainDb: [-3, 3] },
    model: { normalisation: 'clip', specAugment: null, lstmUnits: [4], denseUnits: 4, dropout: 0 },
    training: {
      ...{ epochs: 1, batchSize: 8, learningRate: 0.001, schedule: 'constant', weightDecay: 0 },
      ...{ gradientClipNorm: null, labelSmoothing: 0, patience: null },
    },
  },
  'test',
);

async function create(fold: number, changed: Partial<NetworkRecipe['training']> = {}) {
  augmented.length = 0;
  const dataset = makeDataset('ravdess', 'emodb');
  const split = splitDataset(dataset, { protocol: 'ravdess-5fold', fold });
  const matrices = new Map(dataset.clips.map((clip) => [clip, matrix]));
  const { labels } = dataset;
  const training = { ...recipe.training, ...changed };
  const source = {
    ...{ split, labels, matrices, onProgress: () => {} },
    representation: { frontEnd: selectFeatures(recipe), encoder: null },
    recipe: { ...recipe, training },
  };
  return { split, labels, ...(await createExamples(source)) };
}

it.each([0, 1, 2, 3, 4])('augments the training clips of fold %i and no other', async (fold) => {
  const { split, train, validation } = await create(fold);
  expect(augmented).toEqual(split.train);
  expect(train).toHaveLength(split.train.length);
  expect(train.every(({ copies }) => copies?.length === 2)).toBe(true);
  expect(validation).toHaveLength(split.validation.length);
  expect(validation.some((example) => 'copies' in example)).toBe(false);
  const training = new Set(split.train.map(({ contentHash }) => contentHash));
  const others = [...split.validation, ...split.test].map(({ contentHash }) => contentHash);
  expect(others.filter((hash) => training.has(hash))).toEqual([]);
});

it("gives a clip the labels of its own corpus's training clips", async () => {
  const { labels, train } = await create(0);
  const namesOf = (corpus: string) =>
    train.find((example) => example.corpus === corpus)!.knownLabels!.map((at) => labels[at]);
  expect(namesOf('ravdess')).not.toContain('boredom');
  expect(namesOf('emodb')).toEqual('neutral happy sad angry fearful disgust boredom'.split(' '));
});

it('looks at every label where those that a corpus lacks are wrong', async () => {
  const { train } = await create(0, { absentLabels: 'wrong' });
  expect(new Set(train.map(({ corpus }) => corpus))).toEqual(new Set(['ravdess', 'emodb']));
  expect(train.some((example) => 'knownLabels' in example)).toBe(false);
});
