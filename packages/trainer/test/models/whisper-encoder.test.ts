import type { LayersModel, Scalar, Tensor, Variable } from '@tensorflow/tfjs-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listTrainable, listWeights } from '../../src/models/named-weights.ts';
import { freezeWhisper } from '../../src/models/whisper/fine-tuning.ts';
import {
  buildWhisperEncoder,
  type WhisperShape,
} from '../../src/models/whisper/whisper-encoder.ts';
import {
  readWhisperWeights,
  setWhisperWeights,
  type WeightValues,
} from '../../src/models/whisper/whisper-weights.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { encodeClips, readGolden, readStates, setAdapters } from './whisper-golden.ts';

const golden = readGolden();
const { shape, clips, targets } = golden;

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function build(change: Partial<WhisperShape> = {}, weights = golden.weights): LayersModel {
  const model = buildWhisperEncoder({ ...shape, ...change, seed: 3 });
  setWhisperWeights(model, weights);
  return model;
}

function buildAdapted(): LayersModel {
  const model = build({ lora: golden.lora });
  setAdapters(model, golden.adapters);
  return model;
}

/** Half the sum of squares, over each clip's own frames, of the states' differences from targets. */
function measureLoss(model: LayersModel): Scalar {
  const { states, lengths } = encodeClips(model, clips);
  const losses = lengths.flatMap((frames, clip) => {
    const target = targets[clip]!;
    const given = tf.split(tf.tensor(target.values, target.shape), states.length);
    return states.map((state, at): Tensor => {
      const own = state.slice([clip, 0, 0], [1, frames, -1]);
      return tf.sum(tf.square(tf.sub(own, given[at]!)));
    });
  });
  return tf.div(tf.addN(losses), 2).asScalar();
}

/** The gradients of all that trains, under the weights' names in transformers. */
function differentiate(model: LayersModel): { loss: number; gradients: Map<string, Tensor> } {
  const trainable = listTrainable(model);
  const { value, grads } = tf.variableGrads(() => measureLoss(model), [...trainable.values()]);
  const gradients = [...trainable].map(([name, variable]) => {
    const gradient = grads[variable.name]!;
    const isConvolution = name.endsWith('/kernel');
    const full = name
      .replace('encoder/', '')
      .replace('/scale', '/weight')
      .replace('/offset', '/bias')
      .replace('/kernel', '/weight')
      .replace('/', '.');
    return [full, isConvolution ? tf.transpose(gradient) : gradient] as const;
  });
  return { loss: value.dataSync()[0]!, gradients: new Map(gradients) };
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function largestDifference(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
): number {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const differences = expected.flatMap((row, at) =>
    Array.from(row, (value, index) => Math.abs(value - actual[at]![index]!)),
  );
  // Math.max gives NaN where one of them is NaN.
  return Math.max(...differences);
}

/** Within 1e-6 of the largest of them. */
function expectEqualStates(actual: Float32Array[], expected: Float32Array[]): void {
  const scale = Math.max(...expected.map(largest));
  expect(largestDifference(actual, expected) / scale).toBeLessThan(1e-6);
}

function expectGradients(actual: Map<string, Tensor>, expected: Map<string, WeightValues>): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, gradient] of actual) {
    const { values, shape } = expected.get(name)!;
    expect(gradient.shape).toEqual(shape);
    const difference = largestDifference([gradient.dataSync()], [values]);
    expect(difference / largest(values), name).toBeLessThan(1e-4);
  }
}

describe('a Whisper encoder', () => {
  it('gives the hidden states of transformers', () => {
    const expected = golden.states.plain.map(({ values }) => values);
    expect(largestDifference(readStates(build(), clips), expected)).toBeLessThan(1e-5);
  });

  it('gives a clip alone what it gives it in a padded batch', () => {
    const model = build();
    const alone = clips.flatMap((clip) => readStates(model, [clip]));
    expectEqualStates(alone, readStates(model, clips));
  });

  it('has the gradients of PyTorch, of all weights', () => {
    const { loss, gradients } = differentiate(build());
    expect(loss / golden.plain.loss).toBeCloseTo(1, 5);
    expectGradients(gradients, golden.plain.gradients);
  });

  it('goes on from a hidden state as it does from features', () => {
    const [whole, upper] = [build(), build({ firstLayer: 1 })];
    const clip = clips[0]!;
    const frames = Math.ceil(clip.shape[0]! / 2);
    const states = readStates(whole, [clip])[0]!;
    const size = frames * shape.width;
    const entering = { shape: [frames, shape.width], values: states.subarray(size, 2 * size) };
    const given = readStates(upper, [entering])[0]!;
    expect(largestDifference([given], [states.subarray(size)])).toBeLessThan(1e-6);
  });

  it('gives back the weights that it was given', () => {
    const read = readWhisperWeights(build());
    expect(new Set(read.keys())).toEqual(new Set(golden.weights.keys()));
    for (const [name, weight] of read) expect(weight).toEqual(golden.weights.get(name));
  });

  it('keeps no tensors', () => {
    const model = build();
    const before = tf.memory().numTensors;
    readStates(model, clips);
    readWhisperWeights(model);
    setWhisperWeights(model, golden.weights);
    tf.dispose(tf.tidy(() => tf.variableGrads(() => measureLoss(model))).grads);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1);
  });
});

describe('low-rank adapters', () => {
  it('give what PyTorch gives with W + alpha / rank · B A', () => {
    const expected = golden.states.lora.map(({ values }) => values);
    expect(largestDifference(readStates(buildAdapted(), clips), expected)).toBeLessThan(1e-5);
  });

  it('have the gradients of PyTorch, and train alone', () => {
    const model = buildAdapted();
    freezeWhisper(model, { layers: shape.layers, trainedLayers: 0 });
    const { loss, gradients } = differentiate(model);
    expect(loss / golden.adapted.loss).toBeCloseTo(1, 5);
    expectGradients(gradients, golden.adapted.gradients);
  });

  it('merge into the weights, which then give the same', () => {
    const adapted = buildAdapted();
    const merged = readWhisperWeights(adapted);
    expect(new Set(merged.keys())).toEqual(new Set(golden.merged.keys()));
    for (const [name, { values }] of merged) {
      expect(largestDifference([values], [golden.merged.get(name)!.values])).toBeLessThan(1e-6);
    }
    expectEqualStates(readStates(build({}, merged), clips), readStates(adapted, clips));
  });

  it('stand at queries and values unless told otherwise, and begin as none', () => {
    const model = build({ lora: { rank: 3, alpha: 6 } });
    const names = [...listWeights(model).keys()].filter((name) => name.includes('lora_'));
    expect(names).toEqual(
      [0, 1].flatMap((layer) =>
        ['q_proj/lora_a', 'q_proj/lora_b', 'v_proj/lora_a', 'v_proj/lora_b'].map(
          (name) => `encoder/layers.${layer}.self_attn.${name}`,
        ),
      ),
    );
    expect(readStates(model, clips)).toEqual(readStates(build(), clips));
  });

  it('are drawn from the seed', () => {
    const draw = (seed: number) => {
      const model = buildWhisperEncoder({ ...shape, lora: { rank: 3, alpha: 6 }, seed });
      const name = 'encoder/layers.1.self_attn.v_proj/lora_a';
      return [...listWeights(model).get(name)!.read().dataSync()];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const limit = Math.sqrt(1 / shape.width);
    expect(largest(draw(1))).toBeLessThanOrEqual(limit);
    expect(largest(draw(1))).toBeGreaterThan(0.8 * limit);
  });
});

describe('frozen layers', () => {
  it('are no more than there are', () => {
    const freeze = () => freezeWhisper(build(), { layers: 2, trainedLayers: 3 });
    expect(freeze).toThrow(/trainedLayers is 3; it must be a whole number from 0 to 2/);
  });

  it('have no gradients, and nothing is differentiated below the lowest that trains', async () => {
    const whole = build();
    freezeWhisper(whole, { layers: 2, trainedLayers: 1 });
    const trained = [...listTrainable(whole).keys()];
    const isUpper = (name: string) => name.startsWith('encoder/layers.1.');
    expect(trained).toEqual([...listWeights(whole).keys()].filter(isUpper));

    const upper = build({ firstLayer: 1 });
    const entering = clips.map(({ shape: [frames] }, at): WeightValues => {
      const rows = Math.ceil(frames! / 2);
      const values = readStates(whole, clips)[at]!.subarray(rows * shape.width);
      return { shape: [rows, shape.width], values: values.subarray(0, rows * shape.width) };
    });
    const countBackward = async (model: LayersModel, inputs: readonly WeightValues[]) => {
      const run = (): Scalar => tf.sum(encodeClips(model, inputs).states.at(-1)!).asScalar();
      const variables = [...listTrainable(model).values()] as Variable[];
      const count = async (work: () => Tensor): Promise<number> => {
        const { kernels } = await tf.profile(() => tf.tidy(work));
        // What the forward pass keeps for the backward one it clones.
        return kernels.filter(({ name }) => name !== 'Identity').length;
      };
      return (await count(() => tf.variableGrads(run, variables).value)) - (await count(run));
    };
    expect(await countBackward(whole, clips)).toBe(await countBackward(upper, entering));
  });
});

it.each([
  [{ heads: 0 }, /heads is 0/],
  [{ width: 14 }, /width is 14; it must be even, at least 4 and a multiple of the 3 heads/],
  [{ layers: 1.5 }, /layers is 1.5/],
  [{ firstLayer: 2 }, /firstLayer is 2; it must be a whole number from 0 to 1/],
  [{ lora: { rank: 13, alpha: 1 } }, /lora.rank is 13/],
  [{ lora: { rank: 1, alpha: 0 } }, /lora.alpha is 0/],
] as const)('refuses the shape %o', (change, message) => {
  expect(() => buildWhisperEncoder({ ...shape, ...change, seed: 0 })).toThrow(message);
});

it('refuses weights that are missing or of another shape, and then changes none', () => {
  const model = build();
  const zeros = new Map(
    [...golden.weights].map(([name, weight]) => [
      name,
      { ...weight, values: new Float32Array(weight.values.length) },
    ]),
  );
  const name = 'layers.1.fc2.weight';
  const other = new Map(zeros).set(name, { ...zeros.get(name)!, shape: [48, 12] });
  expect(() => setWhisperWeights(model, other)).toThrow(
    /weight layers\.1\.fc2\.weight is 48 × 12; it must be 12 × 48/,
  );
  zeros.delete(name);
  expect(() => setWhisperWeights(model, zeros)).toThrow(/have no layers\.1\.fc2\.weight/);
  expect(readWhisperWeights(model)).toEqual(readWhisperWeights(build()));
});
