import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluate/evaluate-predictions.ts';
import { type EpochLog, type FitOptions, fitModel } from '../../src/fit/fit-model.ts';
import { predictProbabilities } from '../../src/fit/predict-probabilities.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { listWeights } from '../../src/models/named-weights.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { createExamples } from './synthetic-examples.ts';

const settings: FitOptions['settings'] = {
  epochs: 6,
  batchSize: 8,
  learningRate: 0.01,
  schedule: 'one-cycle',
  weightDecay: 0.01,
  gradientClipNorm: 2,
  labelSmoothing: 0.1,
  sampling: 'every-clip',
  classWeights: 'none',
  absentLabels: 'open',
  mixup: null,
  keep: 'best',
  patience: null,
};
const train = createExamples(60, 1);
const validation = createExamples(24, 2);

function build(seed = 0, members = 1): LayersModel {
  return buildModel(
    {
      ...{ normalisation: 'corpus', specAugment: null, lstmUnits: [6, 4], denseUnits: 8 },
      ...{ dropout: 0.3, members },
    },
    { features: 3, classes: 3, seed },
  );
}

function readWeights(model: LayersModel): number[] {
  return [...listWeights(model).values()].flatMap((weight) => [...weight.read().dataSync()]);
}

/** UAR on validation of the weights that the model holds now. */
function measureUar(model: LayersModel): number {
  const probabilities = predictProbabilities(
    model,
    validation.map(({ matrix }) => matrix),
  );
  const truth = validation.map(({ label }) => label);
  return evaluatePredictions({ truth, probabilities, labels: ['a', 'b', 'c'] }).uar;
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ser-fit-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('fitModel', () => {
  it('learns, and leaves the weights of the best epoch', async () => {
    const model = build();
    const { history, bestEpoch } = await fitModel(model, { train, validation, settings, seed: 0 });
    expect(measureUar(model)).toBeCloseTo(history[bestEpoch - 1]!.validationUar!, 12);
    const best = Math.max(...history.map(({ validationUar }) => validationUar!));
    expect(history).toHaveLength(6);
    expect(history.at(-1)!.trainLoss).toBeLessThan(history[0]!.trainLoss);
    expect(history[bestEpoch - 1]!.validationUar).toBe(best);
    expect(best).toBeGreaterThan(0.6);
  });

  it('leaves the weights of the last epoch where told', async () => {
    const model = build();
    let last: number[] = [];
    const { bestEpoch } = await fitModel(model, {
      ...{ train, validation, settings: { ...settings, keep: 'last' }, seed: 0 },
      onEpoch: () => {
        last = readWeights(model);
      },
    });
    expect(bestEpoch).toBe(6);
    expect(readWeights(model)).toEqual(last);
  });

  it('leaves the mean of the weights of the last quarter of the epochs where told', async () => {
    const model = build();
    const weights: number[][] = [];
    const averaging = { ...settings, keep: 'average', epochs: 8 } as const;
    await fitModel(model, {
      ...{ train, validation, settings: averaging, seed: 0 },
      onEpoch: () => weights.push(readWeights(model)),
    });
    const [seventh, eighth] = weights.slice(-2) as [number[], number[]];
    const averaged = readWeights(model);
    expect(averaged).not.toEqual(eighth);
    averaged.forEach((weight, at) => {
      expect(weight).toBeCloseTo((seventh[at]! + eighth[at]!) / 2, 6);
    });
  });

  it('trains the members of an ensemble apart from each other', async () => {
    const [alone, ensemble] = [build(), build(0, 2)];
    await fitModel(alone, { train, validation, settings, seed: 0 });
    const { history } = await fitModel(ensemble, { train, validation, settings, seed: 0 });
    const weights = listWeights(ensemble);
    const [first, second] = ['bilstm_1', 'member_2_bilstm_1'].map((layer) =>
      weights.get(`${layer}/forward_kernel`)!.read().dataSync(),
    );
    expect(first).not.toEqual(second);
    expect(weights.size).toBe(2 * (listWeights(alone).size - 2) + 2);
    expect(history.at(-1)!.validationUar).toBeGreaterThan(0.6);
  });

  it('gives the same weights for the same seed', async () => {
    const [first, second, other] = [build(), build(), build()];
    await fitModel(first, { train, validation, settings, seed: 0 });
    await fitModel(second, { train, validation, settings, seed: 0 });
    await fitModel(other, { train, validation, settings, seed: 1 });
    expect(readWeights(first)).toEqual(readWeights(second));
    expect(readWeights(first)).not.toEqual(readWeights(other));
  });

  it.each([9, 17, 30])(
    'stopped after batch %i and resumed, ends with the unbroken weights',
    async (stop) => {
      const unbroken = build();
      const expected = await fitModel(unbroken, { train, validation, settings, seed: 0 });

      const checkpointPath = join(directory, 'checkpoint.bin');
      const controller = new AbortController();
      let batches = 0;
      const onBatch = () => {
        if (++batches === stop) controller.abort();
      };
      const interrupted = fitModel(build(), {
        ...{ train, validation, settings, seed: 0, checkpointPath, onBatch },
        signal: controller.signal,
      });
      await expect(interrupted).rejects.toMatchObject({ code: 'ABORTED' });
      const resumed = build();
      const result = await fitModel(resumed, {
        train,
        validation,
        settings,
        seed: 0,
        checkpointPath,
      });
      const withoutTime = ({ durationSec, ...log }: EpochLog) => log;
      expect(result.bestEpoch).toBe(expected.bestEpoch);
      expect(result.history.map(withoutTime)).toEqual(expected.history.map(withoutTime));
      expect(readWeights(resumed)).toEqual(readWeights(unbroken));
    },
  );

  it('keeps no tensors', async () => {
    const model = build();
    const counts: number[] = [];
    const onEpoch = () => counts.push(tf.memory().numTensors);
    const before = tf.memory().numTensors;
    await fitModel(model, { train, validation, settings, seed: 0, onEpoch });
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops early without a better epoch', async () => {
    const stalled = { ...settings, learningRate: 1e-12, epochs: 50, patience: 2 };
    const model = build();
    const { history, bestEpoch } = await fitModel(model, {
      ...{ train, validation, settings: stalled, seed: 0 },
    });
    expect(history.length).toBe(bestEpoch + 2);
    expect(measureUar(model)).toBeCloseTo(history[bestEpoch - 1]!.validationUar!, 12);
  });

  it('leaves the last weights, and no validation scores, where nothing validates', async () => {
    const [model, validated] = [build(), build()];
    const last = { ...settings, keep: 'last' } as const;
    const { history, bestEpoch } = await fitModel(model, {
      ...{ train, validation: [], settings: last, seed: 0 },
    });
    expect(bestEpoch).toBe(history.length);
    expect(history[0]).toMatchObject({ validationUar: null, validationLoss: null });
    await fitModel(validated, { train, validation, settings: last, seed: 0 });
    expect(readWeights(model)).toEqual(readWeights(validated));
  });

  it('stops at a loss that is no number, and names the clips', async () => {
    const broken = train.map((example, at) => ({ ...example, name: `clip-${at}` }));
    const { matrix } = broken[7]!;
    broken[7]!.matrix = { ...matrix, data: matrix.data.map(() => Number.NaN) };
    const run = fitModel(build(), { train: broken, validation, settings, seed: 0 });
    await expect(run).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringMatching(/clip-7\b/),
    });
  });

  it('learns with balanced sampling, class weights, mixup and the plateau schedule', async () => {
    const all = {
      ...settings,
      epochs: 12,
      sampling: 'balanced-labels',
      classWeights: 'balanced',
      mixup: 0.3,
      schedule: 'reduce-on-plateau',
    } as const;
    const { history } = await fitModel(build(), { train, validation, settings: all, seed: 0 });
    expect(Math.max(...history.map(({ validationUar }) => validationUar!))).toBeGreaterThan(0.6);
  });

  it('refuses a checkpoint that is cut off or of another seed', async () => {
    const checkpointPath = join(directory, 'checkpoint.bin');
    const short = { ...settings, epochs: 1 };
    await fitModel(build(), { train, validation, settings: short, seed: 0, checkpointPath });
    const resume = (seed: number) =>
      fitModel(build(), { train, validation, settings: short, seed, checkpointPath });
    await expect(resume(1)).rejects.toMatchObject({ code: 'RUN_INVALID' });
    await truncate(checkpointPath, (await readFile(checkpointPath)).length - 5);
    await expect(resume(0)).rejects.toMatchObject({ code: 'RUN_INVALID' });
  });
});
