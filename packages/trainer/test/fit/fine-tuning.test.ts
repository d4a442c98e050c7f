import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Adam } from '../../src/fit/adam.ts';
import { readCheckpoint } from '../../src/fit/checkpoint.ts';
import type { Example } from '../../src/fit/example.ts';
import { type FitOptions, fitModel } from '../../src/fit/fit-model.ts';
import { addPooling } from '../../src/models/add-pooling.ts';
import { MemberBuilder } from '../../src/models/member-builder.ts';
import { listTrainable, listWeights } from '../../src/models/named-weights.ts';
import { decayLearningRate, freezeWhisper } from '../../src/models/whisper/fine-tuning.ts';
import { addWhisperEncoder, type WhisperShape } from '../../src/models/whisper/whisper-encoder.ts';
import { createRandom } from '../../src/random.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { tinyRecipe } from '../run/tiny-run.ts';
import { createExamples } from './synthetic-examples.ts';

const [mels, classes, layers] = [4, 3, 3];
const [train, validation] = [1, 2].map((seed) =>
  createExamples(24, seed, mels).filter(({ label }) => label < classes),
) as [Example[], Example[]];
const settings: FitOptions['settings'] = {
  ...tinyRecipe.training,
  ...{ epochs: 3, batchSize: 6, learningRate: 0.01, weightDecay: 0.01, keep: 'best' },
};
const rateOf = decayLearningRate({ layers, rate: 0.5, decay: 0.5 });
const whole = { trainedLayers: 2 };
const adapted = { trainedLayers: 0, lora: { rank: 2, alpha: 4 } };

/** An encoder, of which a part trains, and a head of pooled statistics. */
function build({ trainedLayers, lora }: { trainedLayers: number } & Pick<WhisperShape, 'lora'>) {
  const x = tf.input({ shape: [null, mels], name: 'features' });
  const lengths = tf.input({ shape: [], dtype: 'int32', name: 'lengths' });
  const member = new MemberBuilder({ prefix: '', dropoutRate: 0.1, random: createRandom(5) });
  const shape = { width: 8, heads: 2, layers, ...(lora && { lora }) };
  const encoded = addWhisperEncoder(member, { x, lengths }, shape);
  const frames = { x: encoded.states.at(-1)!, lengths: encoded.lengths };
  const pooled = member.addDropout('dropout', addPooling(member, frames, 'statistics'));
  const outputs = member.addDense('logits', pooled, { units: classes });
  const model = tf.model({ inputs: [x, lengths], outputs });
  freezeWhisper(model, { layers, trainedLayers });
  return model;
}

function readWeights(model: LayersModel): Map<string, number[]> {
  const weights = [...listWeights(model)];
  return new Map(weights.map(([name, weight]) => [name, [...weight.read().dataSync()]]));
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ser-fine-tuning-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe.each([
  ['two whole layers', whole],
  ['low-rank adapters', adapted],
])('training %s of an encoder', (_, part) => {
  it('changes them and the head alone, and stores nothing else', async () => {
    const model = build(part);
    const before = readWeights(model);
    const checkpointPath = join(directory, 'checkpoint.bin');
    const { history } = await fitModel(model, {
      ...{ train, validation, settings, rateOf, seed: 0, checkpointPath },
    });
    expect(history.at(-1)!.trainLoss).toBeLessThan(history[0]!.trainLoss);
    const trained = [...listTrainable(model).keys()];
    const isWhole = /^logits\/|^encoder\/layers\.[12]\./;
    const isAdapter = /^logits\/|\/lora_[ab]$/;
    const expected = [...before.keys()].filter((name) =>
      (part === whole ? isWhole : isAdapter).test(name),
    );
    expect(trained).toEqual(expected);
    const after = readWeights(model);
    const changed = [...before].filter(([name, values]) => `${values}` !== `${after.get(name)}`);
    expect(changed.map(([name]) => name)).toEqual(trained);
    const { tensors } = await readCheckpoint(checkpointPath);
    const stored = ['model/', 'best/', 'adam/first/', 'adam/second/'].flatMap((prefix) =>
      trained.map((name) => prefix + name),
    );
    expect(Object.keys(tensors).sort()).toEqual(stored.sort());
    tf.dispose(tensors);
  });

  it('stopped and resumed ends with the unbroken weights', async () => {
    const unbroken = build(part);
    await fitModel(unbroken, { train, validation, settings, rateOf, seed: 0 });
    const checkpointPath = join(directory, 'checkpoint.bin');
    const options = { train, validation, settings, rateOf, seed: 0, checkpointPath };
    const controller = new AbortController();
    let batches = 0;
    const stopped = fitModel(build(part), {
      ...options,
      onBatch: () => ++batches === 5 && controller.abort(),
      signal: controller.signal,
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    const resumed = build(part);
    await fitModel(resumed, options);
    expect(readWeights(resumed)).toEqual(readWeights(unbroken));
  });
});

it('gives each layer of an encoder a learning rate', () => {
  const names = [
    ...['logits/kernel', 'encoder/layers.2.fc1/weight', 'encoder/layers.1.sum/weight'],
    ...['encoder/layers.0.self_attn.q_proj/lora_a', 'encoder/conv2/kernel'],
  ];
  expect(names.map(rateOf)).toEqual([1, 0.5, 0.25, 0.125, 0.0625]);
});

it('takes the steps of an optimiser with the learning rate of each variable', () => {
  tf.tidy(() => {
    const rates: Record<string, number> = { a: 1, b: 0.1, c: 0.1, d: 0.02 };
    const create = () =>
      new Map(
        Object.keys(rates).map((name, at) => {
          const shape = at % 2 ? [3] : [2, 3];
          return [name, tf.variable(tf.randomNormal(shape, 0, 1, 'float32', at + 1))];
        }),
      );
    const [together, apart] = [create(), create()];
    const optimiser = new Adam(together, (name) => rates[name]!);
    const optimisers = [...apart].map(([name, variable]) => ({
      adam: new Adam(new Map([[name, variable]])),
      ...{ name, variable },
    }));
    for (let step = 0; step < 4; step++) {
      const gradients = [...together].map(([name, variable]) => {
        const seed = 10 * step + name.charCodeAt(0);
        return [name, tf.randomNormal(variable.shape, 0, 1, 'float32', seed)] as const;
      });
      const of = new Map(gradients);
      const given = [...together].map(([name, variable]) => [variable.name, of.get(name)!]);
      const decay = { weightDecay: 0.3, clipNorm: null };
      optimiser.apply(Object.fromEntries(given), { learningRate: 0.01, ...decay });
      for (const { adam, name, variable } of optimisers) {
        const learningRate = 0.01 * rates[name]!;
        adam.apply({ [variable.name]: of.get(name)! }, { learningRate, ...decay });
      }
    }
    for (const [name, variable] of together) {
      expect([...variable.dataSync()], name).toEqual([...apart.get(name)!.dataSync()]);
    }
  });
});
