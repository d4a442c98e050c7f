import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PretrainOptions, pretrain } from '../../src/fit/pretrain.ts';
import { buildFrameModel, buildModel } from '../../src/models/build-model.ts';
import { copyWeights, listWeights } from '../../src/models/named-weights.ts';
import { createRandom } from '../../src/random.ts';
import type { ModelOptions } from '../../src/recipes/model-settings.ts';

/** Two columns that are one another's double: what is masked of one, the other tells. */
const features = 2;
const train = Array.from({ length: 48 }, (_, clip) => {
  const random = createRandom(clip);
  const frames = 8 + random.integer(8);
  const data = new Float32Array(frames * features);
  for (let frame = 0; frame < frames; frame++) {
    const value = random.normal();
    data.set([value, 2 * value], frame * features);
  }
  return { matrix: { data, frames, features }, label: 0 };
});
const modelOptions: ModelOptions = {
  ...{ normalisation: 'clip', lstmUnits: [12, 8], pooling: 'attention', denseUnits: 4, dropout: 0 },
  specAugment: { timeMasks: 0, timeShare: 0, featureMasks: 1, featureShare: 0.5 },
  members: 2,
};
const settings = {
  ...{ epochs: 16, batchSize: 8, learningRate: 0.02, weightDecay: 0, gradientClipNorm: 2 },
};
const build = () => buildFrameModel(modelOptions, { features, seed: 3 });

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ser-pretrain-'));
});
afterEach(() => rm(directory, { recursive: true }));

function optionsFor(name: string): PretrainOptions {
  const checkpointPath = join(directory, name);
  return { train, settings, versionsPerEpoch: 1, seed: 0, checkpointPath };
}

const readWeights = (model: ReturnType<typeof build>) =>
  [...listWeights(model).values()].map((weight) => [...weight.read().dataSync()]);

describe('pretrain', () => {
  it('learns to guess what is masked from what is not', async () => {
    const history = await pretrain(build(), optionsFor('whole'));
    expect(history).toHaveLength(16);
    expect(history[0]!.loss).toBeGreaterThan(0.6);
    expect(history.at(-1)!.loss).toBeLessThan(0.2);
  });

  it('goes on after a stop, to the weights of one that was never stopped', async () => {
    const whole = build();
    await pretrain(whole, optionsFor('whole'));
    const controller = new AbortController();
    const stopped = pretrain(build(), {
      ...optionsFor('broken'),
      onEpoch: ({ epoch }) => epoch === 5 && controller.abort(),
      signal: controller.signal,
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = build();
    const history = await pretrain(resumed, optionsFor('broken'));
    expect(history.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: 16 }, (_, at) => at + 1),
    );
    expect(readWeights(resumed)).toEqual(readWeights(whole));
    const other = pretrain(build(), { ...optionsFor('broken'), seed: 1 });
    await expect(other).rejects.toMatchObject({ code: 'RUN_INVALID' });
  });
});

it('shares names and initial weights with the classifier', async () => {
  const classifier = copyWeights(buildModel(modelOptions, { features, classes: 3, seed: 3 }));
  const frames = copyWeights(build());
  const shared = Object.keys(frames).filter((name) => name in classifier);
  expect(shared).toHaveLength(2 * 2 * 6);
  for (const name of shared) {
    expect(frames[name]!.dataSync()).toEqual(classifier[name]!.dataSync());
  }
  const own = Object.keys(frames).filter((name) => !(name in classifier));
  expect(own.every((name) => /(^|_)frames\//.test(name))).toBe(true);
});
