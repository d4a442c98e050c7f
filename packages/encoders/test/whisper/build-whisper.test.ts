import { decodeModel } from '@ser/onnx';
import { describe, expect, it } from 'vitest';
import {
  buildWhisperEncoder,
  readWhisperModelBin,
  readWhisperSafetensors,
} from '../../src/index.ts';
import {
  description,
  differ,
  readExpected,
  readFixture,
  runEncoder,
  whisperConfig,
} from '../fixtures.ts';

const weights = readWhisperSafetensors(readFixture('whisper.safetensors'), whisperConfig);
const encoder = buildWhisperEncoder(weights, description);
const width = 12;
const layers = 3;

/** The states that transformers computed, one after the other. */
function expectedStates(name: string): Float32Array[] {
  const { shape, values } = readExpected(name);
  const size = shape[1]! * shape[2]!;
  return Array.from({ length: shape[0]! }, (_, at) => values.subarray(at * size, (at + 1) * size));
}

const clips = [0, 1, 2].map((at) => {
  const { shape, values } = readExpected(`features_${at}`);
  return { features: values, rows: shape[0]!, states: expectedStates(`states_${at}`) };
});

describe('hidden states', () => {
  it.each(clips)('equal those of transformers, $rows rows', async ({ features, rows, states }) => {
    const found = await runEncoder(encoder, features, [rows]);
    states.forEach((state, at) => {
      const { values, dims } = found[`encoder/state_${at}`]!;
      expect(dims).toEqual([1, Math.ceil(rows / 2), width]);
      expect(differ(values, state)).toBeLessThan(2e-5);
    });
  });

  it('of a clip alone and padded in a batch are the same, whatever lies behind it', async () => {
    const rows = Math.max(...clips.map((clip) => clip.rows));
    const bands = clips[0]!.features.length / clips[0]!.rows;
    const together = new Float32Array(clips.length * rows * bands).fill(3);
    clips.forEach(({ features }, at) => {
      together.set(features, at * rows * bands);
    });
    const lengths = clips.map((clip) => clip.rows);
    const batch = await runEncoder(encoder, together, lengths);
    for (const [at, { features, rows: own }] of clips.entries()) {
      const alone = await runEncoder(encoder, features, [own]);
      for (let state = 0; state <= layers; state++) {
        const { values, dims } = batch[`encoder/state_${state}`]!;
        const start = at * dims[1]! * width;
        const expected = alone[`encoder/state_${state}`]!.values;
        const found = values.subarray(start, start + expected.length);
        expect(differ(found, expected)).toBeLessThan(5e-6);
      }
    }
  });

  it.each(['float16', 'bfloat16'])(
    'of weights stored as %s equal those of transformers',
    async (type) => {
      const stored = readWhisperSafetensors(readFixture(`whisper.${type}.safetensors`));
      const { features, rows } = clips[0]!;
      const found = await runEncoder(buildWhisperEncoder(stored, description), features, [rows]);
      expectedStates(`states_${type}`).forEach((state, at) => {
        expect(differ(found[`encoder/state_${at}`]!.values, state)).toBeLessThan(2e-5);
      });
    },
  );

  it.each([
    ['float32', 1e-5],
    // Its positions are rounded to float16 too, where ours are exact.
    ['float16', 2e-3],
    ['int8', 1e-5],
  ])('of a model.bin in %s equal those of CTranslate2', async (type, tolerance) => {
    const stored = readWhisperModelBin(readFixture(`whisper.${type}.model.bin`));
    const { shape, values } = readExpected('features_long');
    const bytes = buildWhisperEncoder(stored, description);
    const found = await runEncoder(bytes, values, [shape[0]!]);
    const last = normaliseRows(found[`encoder/state_${layers}`]!.values);
    expect(differ(last, readExpected(`normalised_${type}`).values)).toBeLessThan(tolerance);
  });
});

/** The last normalisation, which CTranslate2 gives only the result of. */
function normaliseRows(values: Float32Array): Float32Array {
  return values.map((value, at) => {
    const start = at - (at % width);
    const row = values.subarray(start, start + width);
    const mean = row.reduce((sum, other) => sum + other, 0) / width;
    const variance = row.reduce((sum, other) => sum + (other - mean) ** 2, 0) / width;
    return (value - mean) / Math.sqrt(variance + 1e-5);
  });
}

it('frames leave out the half second of zeros behind the clip, and are at least one', async () => {
  const rows = [97, 96, 52, 51, 50, 3];
  const features = new Float32Array(rows.length * 97 * 8);
  const found = await runEncoder(encoder, features, rows);
  expect([...found['encoder/frames']!.values]).toEqual([24, 23, 1, 1, 1, 1]);
});

describe('options', () => {
  const outputsOf = (bytes: Uint8Array) => decodeModel(bytes).outputs.map(({ name }) => name);

  it('by default give every state', () => {
    expect(outputsOf(encoder)).toEqual([
      ...[0, 1, 2, 3].map((at) => `encoder/state_${at}`),
      'encoder/frames',
    ]);
  });

  it('keep some layers and states, which are the same as of the whole', async () => {
    const cut = buildWhisperEncoder(weights, { ...description, layers: 2, states: [2, 0] });
    expect(outputsOf(cut)).toEqual(['encoder/state_0', 'encoder/state_2', 'encoder/frames']);
    const { features, rows, states } = clips[0]!;
    const found = await runEncoder(cut, features, [rows]);
    expect(differ(found['encoder/state_2']!.values, states[2]!)).toBeLessThan(2e-5);
    expect(decodeModel(cut).initialisers.some(({ name }) => name.includes('layer_3'))).toBe(false);
  });

  it.each([
    [{ layers: 4 }, 'layers is 4; the weights have 3 layers.'],
    [{ layers: 1.5 }, 'layers is 1.5; the weights have 3 layers.'],
    [
      { layers: 1, states: [2] },
      'states is [2]; whole numbers from 0 to 1 are allowed, at least one.',
    ],
    [{ states: [] }, 'states is []; whole numbers from 0 to 3 are allowed, at least one.'],
  ])('refuse %j', (options, message) => {
    expect(() => buildWhisperEncoder(weights, { ...description, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message }),
    );
  });
});

it('all that belongs to the encoder is named so', () => {
  const { nodes, initialisers } = decodeModel(encoder);
  const names = [
    ...nodes.flatMap(({ outputs }) => outputs),
    ...initialisers.map(({ name }) => name),
  ];
  expect(names.filter((name) => !name.startsWith('encoder/'))).toEqual([]);
});
