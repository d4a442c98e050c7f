import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClassifier, createFrontEnd, type FeatureMatrix, loadClip } from '@ser/runtime';
import { ensureTensorFlow, formatClassificationReport, readNetworkRecipe } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeChain } from '../support/chain-suite.ts';
import { listTestPredictions, readRun } from '../support/read-run.ts';
import { askPeer, locateCorpus, pickClips } from '../support/real-data.ts';
import { readSerOutput } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const tolerance = 1e-5;
const folder = makeTemporaryFolder();

beforeAll(() => ensureTensorFlow());

function expectClose(actual: ArrayLike<number>[], expected: ArrayLike<number>[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [at, row] of expected.entries()) {
    expect(actual[at]!.length).toBe(row.length);
    const differences = Array.from(row, (value, column) => Math.abs(value - actual[at]![column]!));
    expect(Math.max(...differences), `clip ${at}`).toBeLessThan(tolerance);
  }
}

describe('a training on four actors of RAVDESS', () => {
  const run = join(folder, 'run');
  const data = ['Actor_01', 'Actor_02', 'Actor_11', 'Actor_20'];
  const corpus = join(folder, 'ravdess');
  let printed: string;

  beforeAll(async () => {
    mkdirSync(corpus);
    for (const actor of data)
      symlinkSync(join(locateCorpus('ravdess'), actor), join(corpus, actor));
    // The peers are given one matrix a clip.
    const recipe = join(folder, 'one-speed.json');
    writeFileSync(recipe, JSON.stringify({ extends: 'reference', name: 'one-speed', speeds: [1] }));
    const settings = ['--recipe', recipe, '--epochs', '24', '--out', run];
    printed = await readSerOutput(['train', '--data', corpus, ...settings]);
  });

  describeChain(() => ({ corpus, run }));

  it('learns', () => {
    const { history } = readRun(run);
    expect(history.at(-1)!.trainLoss).toBeLessThan(0.9 * history[0]!.trainLoss);
    expect(history.at(-1)!.trainAccuracy).toBeGreaterThan(2 / 8);
  });

  it('reports to the digit what scikit-learn prints of its predictions', async () => {
    const { labels, evaluations } = readRun(run);
    const { report, ...scores } = await askPeer<{ report: string; confusion: number[][] }>(
      'score_sklearn.py',
      [join(run, 'predictions.csv'), JSON.stringify(labels)],
    );
    const { confusion, accuracy, uar, macro } = evaluations.test!;
    expect(formatClassificationReport(evaluations.test!)).toBe(report);
    expect(printed).toContain(report);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain(report);
    expect(scores).toEqual({
      confusion,
      accuracy: expect.closeTo(accuracy, 14),
      uar: expect.closeTo(uar, 14),
      macroF1: expect.closeTo(macro.f1, 14),
    });
  });

  it('gives 20 clips the same probabilities in tfjs, onnxruntime-node and Python’s onnxruntime', async () => {
    const { predictWithTfjs, writeBatch } = await import('../support/trained-model.ts');
    const clips = listTestPredictions(run)
      .slice(0, 20)
      .map(({ path }) => path);
    expect(clips).toHaveLength(20);
    const classifier = await createClassifier(join(run, 'model.onnx'));
    const frontEnd = await createFrontEnd(classifier.manifest.frontEnd);
    const matrices: FeatureMatrix[] = [];
    for (const clip of clips) matrices.push(frontEnd.process(await loadClip(clip)));

    const inNode: number[][] = [];
    for (const clip of clips) {
      inNode.push(Object.values((await classifier.predict(clip)).probabilities));
    }
    await classifier.dispose();
    expectClose(await predictWithTfjs(run, matrices), inNode);

    const batch = join(folder, 'batch.bin');
    await writeBatch(batch, matrices);
    const model = join(run, 'model.onnx');
    expectClose(await askPeer<number[][]>('predict_onnxruntime.py', [model, batch]), inNode);
  });
});

describe.each(['corpus', 'clip'] as const)(
  'the reference model, normalised by %s',
  (normalisation) => {
    it('gives a masked batch of unequal lengths the probabilities of Keras 3', async () => {
      const { predictWithFreshModel, writeBatch } = await import('../support/trained-model.ts');
      const { features, trim, model } = await readNetworkRecipe('reference');
      const frontEnd = await createFrontEnd({ kind: 'features', features: features!, trim });
      const matrices: FeatureMatrix[] = [];
      for (const clip of ['ravdess', 'emodb', 'crema-d'].flatMap((corpus) =>
        pickClips(corpus, 8),
      )) {
        matrices.push(frontEnd.process(await loadClip(clip)));
      }
      expect(new Set(matrices.map(({ frames }) => frames)).size).toBeGreaterThan(6);
      const settings = { ...model, normalisation };
      const weights = join(folder, `${normalisation}.bin`);
      const own = await predictWithFreshModel(settings, matrices, weights);
      const batch = join(folder, `${normalisation}-batch.bin`);
      await writeBatch(batch, matrices);
      expectClose(own, await askPeer<number[][]>('predict_keras.py', [weights, batch]));
    });
  },
);
