import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adaptToSpeaker, buildWhisperEncoder, readWhisperSafetensors } from '@ser/encoders';
import { createClassifier, readModelFile, type SpeakerProfile } from '@ser/runtime';
import { describe, expect, it } from 'vitest';
import { parseRecipe, type Recipe } from '../../src/recipes/recipe.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads need the built package.
const { crossValidate, evaluateModel, exportRun, train } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const fixture = (name: string) =>
  readFileSync(new URL(`../../../encoders/test/fixtures/${name}`, import.meta.url));
// As many positions as Whisper's own have: the fixture's take one second, and the clips are longer.
const weights = {
  ...readWhisperSafetensors(
    fixture('whisper.safetensors'),
    JSON.parse(fixture('whisper.config.json').toString('utf8')),
  ),
  positions: 1500,
};
const about = { name: 'tiny', licence: 'none', languages: ['en'], source: 'random numbers' };

/** A corpus, an encoder of two layers with random weights, and a cache of their own, for one test. */
async function prepare() {
  const { directory, corpus } = await makeSyntheticCorpus();
  useOwnCache(directory);
  const source = join(directory, 'tiny.onnx');
  await writeFile(source, buildWhisperEncoder(weights, { ...about, states: [0, 1, 2] }));
  const start = (recipe: Recipe, name: string) =>
    train({
      settings: {
        ...{ data: [corpus], recipe, protocol: 'speaker-kfold' },
        ...{ seed: 0, fold: 0, splitFile: null },
      },
      outDirectory: join(directory, name),
    });
  return { directory, corpus, source, start };
}

const makeLinear = (source: string, changes: object = {}): Recipe =>
  parseRecipe(
    {
      ...{ name: 'linear', description: 'For tests.', head: 'linear' },
      encoder: { source, layers: [1, 2] },
      training: { penalty: 0.1, labelSmoothing: 0.1 },
      ...changes,
    },
    'linear',
  );

const toRow = ({ probabilities }: { probabilities: Record<string, number> }) =>
  Object.values(probabilities);

function expectClose(found: readonly number[], wanted: readonly number[], digits = 5): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => {
    expect(value).toBeCloseTo(wanted[at]!, digits);
  });
}

describe('a model that is told who speaks', () => {
  it('judges clips relative to the voice, in memory and as an adapted file alike', async () => {
    const { source, start } = await prepare();
    const { modelPath, summary } = await start(makeLinear(source), 'run');
    const tested = summary.predictions.filter(({ split }) => split === 'test');
    const paths = tested.map(({ path }) => path);
    const [first, ...others] = paths;
    const classifier = await createClassifier(modelPath);
    expect(classifier.manifest.speaker).toEqual({ corpora: 1 });

    // The detector takes some of the synthetic voices for none.
    const all = { speechCheck: false };
    const speaker = await classifier.adapt(others, all);
    expect(speaker.clips).toBe(others.length);
    const told = await classifier.predict(first!, { speaker });
    const plain = await classifier.predict(first!);
    expect(toRow(told)).not.toEqual(toRow(plain));

    // Each of a batch of one person is told of the others alone.
    const together = await classifier.predictBatch([...paths, 'none.wav'], {
      ...all,
      oneSpeaker: true,
    });
    expect(together.map(({ ok }) => ok)).toEqual([...paths.map(() => true), false]);
    if (!together[0]!.ok) throw together[0]!.error;
    expectClose(toRow(together[0]!.prediction), toRow(told));
    const alone = await classifier.predictBatch([first!], { ...all, oneSpeaker: true });
    if (!alone[0]!.ok) throw alone[0]!.error;
    expectClose(toRow(alone[0]!.prediction), toRow(plain));

    const bytes = await readFile(modelPath);
    const adapted = adaptToSpeaker(bytes, speaker);
    const own = await createClassifier(adapted);
    expectClose(toRow(await own.predict(first!)), toRow(told));
    await own.dispose();

    // Clips that come later weigh as much as if they had come at once.
    const early = adaptToSpeaker(bytes, await classifier.adapt(others.slice(0, 2), all));
    const between = await createClassifier(early);
    const later = adaptToSpeaker(early, await between.adapt(others.slice(2), all));
    await between.dispose();
    expect(readModelFile(later)).toMatchObject({
      speaker: { corpora: 1 },
      adaptation: { clips: others.length },
    });
    const last = await createClassifier(later);
    expectClose(toRow(await last.predict(first!)), toRow(told));
    await last.dispose();

    // The run tells what adaptation gives each stranger.
    expect(summary.adapted!.map(({ clipId }) => clipId).sort()).toEqual(
      tested.map(({ clipId }) => clipId).sort(),
    );
    const windows: number[][] = [];
    for await (const { prediction } of classifier.timeline(first!, {
      ...{ windowSec: 0.5, hopSec: 0.25, oneSpeaker: true },
    })) {
      if (prediction) windows.push(toRow(prediction));
    }
    const untold: number[][] = [];
    for await (const { prediction } of classifier.timeline(first!, {
      ...{ windowSec: 0.5, hopSec: 0.25 },
    })) {
      if (prediction) untold.push(toRow(prediction));
    }
    expect(windows).toHaveLength(untold.length);
    expect(windows).not.toEqual(untold);

    const strange: SpeakerProfile = { clips: 1, mean: new Float32Array(3) };
    await expect(classifier.predict(first!, { speaker: strange })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('speaker.mean has 3 numbers'),
    });
    await expect(classifier.adapt([])).rejects.toThrow(/in none of them does anybody speak/);
    await classifier.dispose();
  });

  it('refuses to be told where the model has no place for it', async () => {
    const small = await createClassifier(
      new URL('../../../../models/small.onnx', import.meta.url).pathname,
    );
    for (const call of [
      small.adapt(['a.wav']),
      small.predictBatch(['a.wav'], { oneSpeaker: true }),
      small.timeline('a.wav', { oneSpeaker: true }).next(),
    ]) {
      await expect(call).rejects.toThrow(/cannot|can be told who speaks/);
    }
    await small.dispose();
  });
});

describe('a linear head on an encoder', () => {
  it('trains without TensorFlow, and its model predicts what the run says', async () => {
    const { directory, corpus, source, start } = await prepare();
    const { modelPath, summary } = await start(makeLinear(source), 'run');
    // Linux only, as TensorFlow is.
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain('tfjs_binding');
    expect(summary.environment).not.toHaveProperty('tensorflow');
    expect(summary.encoder).toMatchObject({ name: 'tiny', layers: [1, 2] });
    expect(summary.evaluations.train!.uar).toBeGreaterThan(0.8);
    const tested = summary.predictions.filter(({ split }) => split === 'test');
    const classifier = await createClassifier(modelPath);
    expect(classifier.manifest).toMatchObject({
      encoder: { name: 'tiny', layers: [1, 2], used: [1, 2], width: weights.width },
      normalisation: 'none',
      batching: 'padded',
    });
    const batch = await classifier.predictBatch(tested.map(({ path }) => path));
    for (const [at, { path, probabilities }] of tested.entries()) {
      const outcome = batch[at]!;
      if (!outcome.ok) throw outcome.error;
      const alone = await classifier.predict(path);
      classifier.labels.forEach((label, index) => {
        expect(alone.probabilities[label]).toBeCloseTo(probabilities[index]!, 5);
        expect(outcome.prediction.probabilities[label]).toBeCloseTo(probabilities[index]!, 5);
      });
    }
    expect(await classifier.embedding(tested[0]!.path)).toHaveLength(4 * weights.width);
    await classifier.dispose();
    const splitPath = join(directory, 'run', 'split.json');
    const { evaluation } = await evaluateModel({ modelPath, data: [corpus], splitPath });
    expect(evaluation.accuracy).toBe(summary.evaluations.test!.accuracy);
    // Windows of what each speaker spoke with one label, and clips through channels, are there too.
    expect(summary.windows!.length).toBeGreaterThan(6);
    expect(Object.keys(summary.channels!)).toEqual(['noise', 'telephone']);
  });

  it('learns from copies, in the cache the second time', async () => {
    const { source, start } = await prepare();
    const augmentation = { copies: 2, speed: [0.8, 1.25], noiseSnrDb: [15, 30] };
    const recipe = makeLinear(source, { augmentation });
    const [first, plain] = [await start(recipe, 'first'), await start(makeLinear(source), 'plain')];
    const again = await start(recipe, 'again');
    expect(again.summary.predictions).toEqual(first.summary.predictions);
    expect(plain.summary.predictions).not.toEqual(first.summary.predictions);
    expect(await readFile(again.modelPath)).not.toEqual(await readFile(plain.modelPath));
  });

  it('takes the encoder out of a model file', async () => {
    const { source, start } = await prepare();
    const first = await start(makeLinear(source), 'first');
    const encoder = { source: first.modelPath, layers: null };
    const second = await start(makeLinear(source, { encoder }), 'second');
    expect(second.summary.predictions.map(({ confidence }) => confidence)).toEqual(
      first.summary.predictions.map(({ confidence }) => confidence),
    );
  });

  it('refuses to export with another encoder than it was trained on', async () => {
    const { directory, source, start } = await prepare();
    await start(makeLinear(source), 'run');
    await writeFile(source, buildWhisperEncoder(weights, { ...about, name: 'other' }));
    await expect(exportRun(join(directory, 'run'))).rejects.toMatchObject({
      code: 'RUN_INVALID',
      message: expect.stringContaining('another file of the encoder tiny'),
    });
  });

  it('is cross-validated, and refuses first weights', async () => {
    const { directory, corpus, source, start } = await prepare();
    const { runs } = await crossValidate({
      ...{ data: [corpus], recipe: makeLinear(source), protocol: 'speaker-kfold', folds: 2 },
      ...{ outDirectory: join(directory, 'folds'), jobs: 2 },
    });
    expect(runs).toHaveLength(2);
    await start(makeLinear(source), 'run');
    const settings = {
      ...{ data: [corpus], recipe: makeLinear(source), protocol: 'speaker-kfold' as const },
      ...{ seed: 0, fold: 0, splitFile: null, init: join(directory, 'run') },
    };
    const outDirectory = join(directory, 'later');
    await expect(train({ settings, outDirectory })).rejects.toThrow(
      /a linear head, fitted from zero/,
    );
  });
});

it('a network learns from the frames of an encoder, in ONNX as in TensorFlow', async () => {
  const { source, start } = await prepare();
  const { features, ...rest } = tinyRecipe;
  const model = { ...tinyRecipe.model, pooling: 'attention' };
  const recipe = parseRecipe({ ...rest, model, encoder: { source, layers: [0, 2] } }, 'network');
  const { modelPath, summary } = await start(recipe, 'network');
  const tested = summary.predictions.filter(({ split }) => split === 'test');
  const classifier = await createClassifier(modelPath);
  for (const { path, probabilities } of tested) {
    const prediction = await classifier.predict(path);
    classifier.labels.forEach((label, index) => {
      // Training takes frames that were rounded to float16 for the cache.
      expect(prediction.probabilities[label]).toBeCloseTo(probabilities[index]!, 2);
    });
  }
  expect(await classifier.embedding(tested[0]!.path)).toHaveLength(model.denseUnits);
  await classifier.dispose();
});
