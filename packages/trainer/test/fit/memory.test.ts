import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { fitModel } from '../../src/fit/fit-model.ts';
import { buildModel } from '../../src/models/build-model.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { createExamples } from './synthetic-examples.ts';

/** Epochs until the memory is what it stays, and epochs after them; `test:real` has time for more. */
const warmUp = 15;
const epochs = process.env.SER_THOROUGH ? 200 : 45;
const mostGrowthMb = 24;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it(`takes no more memory over ${epochs} epochs`, async () => {
  const examples = createExamples(96, 1, 8).map((example) => ({
    ...example,
    copies: [example.matrix],
  }));
  const settings = {
    specAugment: null,
    lstmUnits: [16, 8],
    denseUnits: 8,
    dropout: 0.2,
    members: 1,
  };
  const model = buildModel(
    { normalisation: 'clip', ...settings },
    { features: 8, classes: 8, seed: 0 },
  );
  const rss: number[] = [];
  const tensors: number[] = [];
  await fitModel(model, {
    train: examples,
    validation: examples.slice(0, 16),
    settings: {
      ...{ epochs: warmUp + epochs, batchSize: 16, learningRate: 0.001, schedule: 'one-cycle' },
      ...{ weightDecay: 0.01, gradientClipNorm: 2, labelSmoothing: 0.1, patience: null },
      ...{ sampling: 'every-clip', classWeights: 'none', absentLabels: 'open' },
      ...{ mixup: 0.2, keep: 'best' },
    },
    seed: 0,
    onEpoch: ({ epoch }) => {
      const isCompared = Math.abs(epoch - warmUp) <= 5 || epoch > warmUp + epochs - 5;
      if (isCompared) collectGarbage();
      rss.push(process.memoryUsage().rss / 2 ** 20);
      tensors.push(tf.memory().numTensors);
    },
  });
  expect(new Set(tensors).size).toBe(1);
  const early = Math.max(...rss.slice(warmUp - 5, warmUp + 5));
  const late = Math.min(...rss.slice(-5));
  expect(late - early).toBeLessThan(mostGrowthMb);
}, 300_000);
