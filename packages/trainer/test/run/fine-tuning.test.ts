import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import {
  buildWhisperEncoder,
  extractEncoder,
  readWhisperFile,
  readWhisperSafetensors,
} from '@ser/encoders';
import { decodeModel } from '@ser/onnx';
import { applyTemperature, createClassifier, openEmbeddingGraph } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticCorpus } from '../../src/datasets/synthetic-corpus.ts';
import { readRecipeEncoder } from '../../src/features/recipe-encoder.ts';
import { selectRepresentation } from '../../src/features/representation.ts';
import { readCheckpoint } from '../../src/fit/checkpoint.ts';
import { predictProbabilities } from '../../src/fit/predict-probabilities.ts';
import { selectPrefix } from '../../src/fit/training-state.ts';
import { setWeights } from '../../src/models/named-weights.ts';
import { parseRecipe } from '../../src/recipes/recipe.ts';
import { buildTunedModel, isTuned } from '../../src/run/tuned-model.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { parseNetworkRecipe } from '../network-recipe.ts';
import { tinyRecipe } from './tiny-run.ts';

// Worker threads need the built package.
const { train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const fixtures = new URL('../../../encoders/test/fixtures/', import.meta.url);
const { SER_CACHE_DIR } = process.env;
let directory: string;
let source: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ser-tuning-'));
  process.env.SER_CACHE_DIR = join(directory, 'cache');
  await writeSyntheticCorpus(join(directory, 'corpus'), {
    ...{ speakers: 6, clipsPerEmotion: 2, emotions: ['neutral', 'happy', 'angry'] },
  });
  const weights = readWhisperSafetensors(
    await readFile(new URL('whisper.safetensors', fixtures)),
    JSON.parse(await readFile(new URL('whisper.config.json', fixtures), 'utf8')),
  );
  source = join(directory, 'random.onnx');
  const about = { name: 'whisper-random', licence: 'MIT', languages: ['en'], source: 'chance' };
  // Its own positions end after two seconds.
  await writeFile(source, buildWhisperEncoder({ ...weights, positions: 1500 }, about));
});
afterAll(async () => {
  if (SER_CACHE_DIR === undefined) delete process.env.SER_CACHE_DIR;
  else process.env.SER_CACHE_DIR = SER_CACHE_DIR;
  await rm(directory, { recursive: true });
});

function makeRecipe(encoder: object, model: object) {
  const { features, trim, levelDb, ...recipe } = tinyRecipe;
  return parseNetworkRecipe(
    {
      ...{ ...recipe, encoder: { source, ...encoder } },
      model: { ...recipe.model, normalisation: 'corpus', lstmUnits: [], ...model },
      training: { ...recipe.training, epochs: 2, keep: 'last' },
    },
    'tuned',
  );
}

function start(name: string, recipe: ReturnType<typeof makeRecipe>, signal?: AbortSignal) {
  const controller = new AbortController();
  return train({
    settings: {
      ...{ data: [join(directory, 'corpus')], recipe, protocol: 'speaker-kfold' },
      ...{ seed: 0, fold: 0, splitFile: null },
    },
    outDirectory: join(directory, name),
    onEvent: ({ type }) => type === 'epoch' && signal?.aborted === false && controller.abort(),
    signal: controller.signal,
  });
}

const stored = async (name: string) => {
  const { tensors } = await readCheckpoint(join(directory, name, 'checkpoint.bin'));
  const values = Object.entries(tensors).map(([key, tensor]) => [key, [...tensor.dataSync()]]);
  tf.dispose(tensors);
  return new Map(values as [string, number[]][]);
};

const whole = {
  name: 'whole',
  encoder: {
    layers: [2, 3],
    fineTuning: { layers: 1, learningRateDecay: 0.01 },
  },
  model: { pooling: 'statistics' },
  trained: /^(encoder\/layers\.2\.|standardise|dense|logits)/,
  source: 'chance; layer 3 trained along with the head',
  card: '(MIT), whose upper layer was trained along.',
  // Four steps at a hundredth of 0.01 at most.
  changes: [1e-5, 1e-3],
};
const adapted = {
  name: 'adapted',
  encoder: {
    layers: [2],
    fineTuning: { layers: 2, lora: { rank: 2, alpha: 4 }, learningRateDecay: 1 },
  },
  model: { pooling: 'attention', normalisation: 'clip', lstmUnits: [4] },
  trained:
    /^(encoder\/layers\.[01]\.self_attn\.[qv]_proj\/lora_[ab]$|bilstm_1|pooling|dense|logits)/,
  source: 'chance; layers 1 to 2 trained along with the head',
  card: '(MIT), whose upper 2 layers were trained along by low-rank changes of rank 2.',
  changes: [1e-5, 1],
};

describe.each([whole, adapted])('an encoder trained along, $name', ({ name, ...part }) => {
  const begin = () => makeRecipe(part.encoder, part.model);

  it('gives a model file with the probabilities of the network', async () => {
    const recipe = begin();
    const { modelPath, summary } = await start(name, recipe);
    const classifier = await createClassifier(modelPath);
    expect(classifier.manifest.encoder).toMatchObject({
      ...{ name: 'whisper-random', used: part.encoder.layers, source: part.source },
    });
    const card = await readFile(join(directory, name, 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain(part.card);
    const paths = summary.predictions.map(({ path }) => path).slice(0, 6);
    const features: FeatureMatrix[] = [];
    for (const path of paths) features.push(await classifier.features(path));
    const found = await classifier.predictFeatures(features);
    await classifier.dispose();

    const encoder = await readRecipeEncoder(recipe);
    if (!isTuned(encoder)) throw new Error('No layer trains.');
    const { encoder: used } = await selectRepresentation(recipe);
    const graph = await openEmbeddingGraph(await readFile(used!.graphPath), 'features');
    const entering: FeatureMatrix[] = [];
    // Not those of the cache, which are rounded to float16.
    for (const matrix of features) {
      const data = await graph.run(matrix);
      entering.push({ data, frames: data.length / used!.columns, features: used!.columns });
    }
    expect(entering.map(({ frames }) => frames)).toEqual(
      features.map(({ frames }) => Math.ceil(frames / 2)),
    );
    const { labels } = summary;
    const model = buildTunedModel(recipe.model, encoder, { classes: labels.length, seed: 0 });
    const { tensors } = await readCheckpoint(join(directory, name, 'checkpoint.bin'));
    setWeights(model, selectPrefix(tensors, 'best/'));
    const expected = predictProbabilities(model, entering).map((row) =>
      applyTemperature(row, summary.temperature!),
    );
    tf.dispose(tensors);
    model.dispose();
    const differences = found.flatMap((row, clip) =>
      Array.from(row, (value, label) => Math.abs(value - expected[clip]![label]!)),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    // Those of the run are of rounded states.
    summary.predictions.slice(0, 6).forEach(({ probabilities }, clip) => {
      probabilities.forEach((value, label) => {
        expect(found[clip]![label]).toBeCloseTo(value, 3);
      });
    });
  });

  it('stores what trained, and nothing else of the encoder', async () => {
    const names = [...(await stored(name)).keys()];
    const weights = names.filter((key) => key.startsWith('model/')).map((key) => key.slice(6));
    expect(weights.filter((key) => !part.trained.test(key))).toEqual([]);
    expect(weights.some((key) => key.startsWith('encoder/'))).toBe(true);
    expect(names.filter((key) => /conv|layers\.0\.fc/.test(key))).toEqual([]);
  });

  it('changes in the file what trained, and leaves the layers below', async () => {
    const tuned = readWhisperFile(
      extractEncoder(await readFile(join(directory, name, 'model.onnx'))),
    );
    const base = readWhisperFile(await readFile(source));
    const top = Math.max(...part.encoder.layers) - 1;
    const measureChange = (weight: string) => {
      const shape = [base.width, base.width];
      const before = base.read(weight, shape);
      const changes = tuned.read(weight, shape).map((value, at) => Math.abs(value - before[at]!));
      return Math.max(...changes);
    };
    const upper = ['q_proj', 'k_proj'].map((projection) =>
      measureChange(`layers.${top}.self_attn.${projection}.weight`),
    );
    const [least, most] = part.changes as [number, number];
    expect(Math.max(...upper)).toBeGreaterThan(least);
    expect(Math.max(...upper)).toBeLessThan(most);
    // Low-rank changes are those of queries and values alone.
    expect(upper[1]! > least).toBe(part.trained === whole.trained);
    expect(measureChange('layers.0.self_attn.k_proj.weight')).toBeLessThan(1e-6);
  });

  it('stopped and resumed ends with the same bytes', async () => {
    const resumed = `${name}-resumed`;
    const stop = new AbortController().signal;
    await expect(start(resumed, begin(), stop)).rejects.toMatchObject({ code: 'ABORTED' });
    await start(resumed, begin());
    expect(await stored(resumed)).toEqual(await stored(name));
    const [expected, found] = await Promise.all(
      [name, resumed].map(async (run) =>
        decodeModel(await readFile(join(directory, run, 'model.onnx'))),
      ),
    );
    expect(found!.initialisers).toEqual(expected!.initialisers);
  });
});

it.each([
  [{ layers: [1, 3], fineTuning: { layers: 1 } }, /see no state below 2, which enters the lowest/],
  [{ layers: [2], fineTuning: { layers: 3 } }, /is 3 and .*; the encoder has 2 layers up to/],
])('refuses %j', async (encoder, message) => {
  const fineTuning = { ...encoder.fineTuning, learningRateDecay: 1 };
  const recipe = makeRecipe({ ...encoder, fineTuning }, { pooling: 'statistics' });
  await expect(readRecipeEncoder(recipe)).rejects.toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }),
  );
});

it('tunes the highest layer of a file where the recipe names none', async () => {
  const fineTuning = { layers: 2, learningRateDecay: 1 };
  const recipe = makeRecipe({ fineTuning }, { pooling: 'statistics' });
  expect(await readRecipeEncoder(recipe)).toMatchObject({
    layers: [3],
    tuning: { entering: 1, last: 3, padFrames: 25 },
  });
});

describe('a recipe with fine-tuning', () => {
  const tuned = () => makeRecipe(whole.encoder, whole.model);

  it.each([
    [{ learningRateDecay: 0 }, /fineTuning\.learningRateDecay/],
    [{ layers: 0, learningRateDecay: 1 }, /fineTuning\.layers/],
    [{ learningRateDecay: 1, lora: { rank: 0, alpha: 1 } }, /fineTuning\.lora\.rank/],
  ])('has no %j', (change, message) => {
    const fineTuning = { layers: 1, ...change };
    expect(() => makeRecipe({ fineTuning }, whole.model)).toThrow(message);
  });

  it.each([
    { distillation: { members: 2, share: 0.5 } },
    { windowTraining: { epochs: 1, learningRate: 0.1, share: 0.5 } },
  ])('takes no %j', (change) => {
    const [part] = Object.keys(change);
    expect(() => parseRecipe({ ...tuned(), ...change }, 'own')).toThrow(
      new RegExp(`wrong at ${part}: learns from what does not change`),
    );
  });

  it('has a network for a head', () => {
    const recipe = {
      ...{ name: 'own', description: '', head: 'linear', training: { penalty: 1 } },
      encoder: { source, fineTuning: { layers: 1, learningRateDecay: 1 } },
    };
    expect(() => parseRecipe(recipe, 'own')).toThrow(SerError);
    expect(() => parseRecipe(recipe, 'own')).toThrow(/fineTuning/);
  });

  it('needs LSTMs or a transformer only where there is no encoder', () => {
    const { encoder: _, ...recipe } = tuned();
    expect(() => parseRecipe({ ...recipe, features: {} }, 'own')).toThrow(
      /model\.lstmUnits: is empty, which takes a transformer or an encoder/,
    );
  });
});
