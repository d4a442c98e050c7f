import { decodeModel, encodeModel, replaceMetadata } from '@ser/onnx';
import { type Manifest, manifestKey } from '@ser/runtime/core';
import { describe, expect, it } from 'vitest';
import {
  buildWhisperEncoder,
  composeLinearModel,
  cutEncoder,
  encoderKey,
  extractEncoder,
  readEncoderFile,
  readWhisperSafetensors,
} from '../src/index.ts';
import { description, readExpected, readFixture, runEncoder, whisperConfig } from './fixtures.ts';

const weights = readWhisperSafetensors(readFixture('whisper.safetensors'), whisperConfig);
const encoder = buildWhisperEncoder(weights, description);
const about = readEncoderFile(encoder);
const { formatVersion, frontEnd, batching, ...described } = about;
const head = {
  ...{ mean: new Float32Array(48), deviation: new Float32Array(48).fill(1) },
  ...{ weights: Float32Array.from({ length: 96 }, (_, at) => at / 96), bias: new Float32Array(2) },
};
const manifest: Manifest = {
  ...{ formatVersion: 1, name: 'a model', labels: ['calm', 'loud'], frontEnd, batching },
  normalisation: 'none',
  encoder: { ...described, layers: [0, 1, 2], used: [1, 2] },
  training: { recipe: 'none', seed: 0, corpora: [], synthetic: true },
  ...{ scores: [], calibration: { temperature: 1 }, generator: { name: 'ser', version: '0' } },
};
const model = composeLinearModel(encoder, { head, manifest });
const { values: features, shape } = readExpected('features_0');
const outputsOf = (bytes: Uint8Array) => decodeModel(bytes).outputs.map(({ name }) => name);
const invalid = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

it('an encoder file says what it is', () => {
  expect(about).toMatchObject({
    ...{ ...description, formatVersion: 1, family: 'whisper', width: 12, layers: [0, 1, 2, 3] },
    ...{ frameRateHz: 50, maxFrames: 100, batching: 'padded' },
    frontEnd: {
      ...{ kind: 'features', levelDb: -20, padEndSec: 0.5 },
      features: { fftLength: 400, hopLength: 160, mel: { bands: 8, unit: 'whisper' } },
    },
  });
});

describe('extractEncoder', () => {
  it('takes the encoder out of a model, with every state that the model holds', async () => {
    const taken = extractEncoder(model);
    const source = 'random numbers';
    expect(readEncoderFile(taken)).toEqual({ ...about, layers: [0, 1, 2], source });
    expect(outputsOf(taken)).toEqual([
      ...[0, 1, 2].map((at) => `encoder/state_${at}`),
      'encoder/frames',
    ]);
    const [found, whole] = await Promise.all(
      [taken, encoder].map((bytes) => runEncoder(bytes, features, [shape[0]!])),
    );
    for (const [name, output] of Object.entries(found!)) expect(output).toEqual(whole![name]);
  });

  it('names the model where it does not say where its weights came from', () => {
    const { source: _, ...rest } = manifest.encoder!;
    const bytes = replaceMetadata(model, {
      [manifestKey]: JSON.stringify({ ...manifest, encoder: rest }),
    });
    expect(readEncoderFile(extractEncoder(bytes)).source).toBe('the model a model');
  });

  it('returns an encoder file as it is', () => {
    expect(extractEncoder(encoder)).toBe(encoder);
  });

  it('refuses models without an encoder, other files, and models that say what is not so', () => {
    const { encoder: _, ...without } = manifest;
    const say = (text: string) => replaceMetadata(model, { [manifestKey]: text });
    expect(() => extractEncoder(say(JSON.stringify(without)))).toThrow(
      invalid('ENCODER_INVALID', /is no encoder, and no model/),
    );
    expect(() => extractEncoder(replaceMetadata(model, {}))).toThrow(
      invalid('ENCODER_INVALID', /is no encoder, and no model/),
    );
    const wrong = { ...manifest, encoder: { ...described, layers: [3], used: [3] } };
    expect(() => extractEncoder(say(JSON.stringify(wrong)))).toThrow(
      invalid('ENCODER_INVALID', /gives encoder\/state_3, and does not/),
    );
    expect(() => extractEncoder(say('{'))).toThrow(invalid('MODEL_INVALID', /is not JSON/));
    expect(() => extractEncoder(new Uint8Array(9))).toThrow(invalid('MODEL_INVALID', /./));
  });
});

describe('cutEncoder', () => {
  it('leaves out what the kept states do not need, and changes none', async () => {
    const cut = cutEncoder(encoder, { layers: [2, 1] });
    expect(readEncoderFile(cut)).toEqual({ ...about, layers: [1, 2] });
    expect(outputsOf(cut)).toEqual(['encoder/state_1', 'encoder/state_2', 'encoder/frames']);
    const { nodes, initialisers } = decodeModel(cut);
    const names = [...nodes.flatMap(({ outputs }) => outputs), ...initialisers.map((t) => t.name)];
    expect(names.filter((name) => name.startsWith('encoder/layer_3'))).toEqual([]);
    const [found, whole] = await Promise.all(
      [cut, encoder].map((bytes) => runEncoder(bytes, features, [shape[0]!])),
    );
    for (const [name, output] of Object.entries(found!)) expect(output).toEqual(whole![name]);
  });

  it('equals the file that was built with as many layers', () => {
    const built = buildWhisperEncoder(weights, { ...description, layers: 2 });
    expect(decodeModel(cutEncoder(encoder, { layers: [0, 1, 2] }))).toEqual(decodeModel(built));
  });

  it('refuses a layer that the file does not give, and no layer at all', () => {
    expect(() => cutEncoder(encoder, { layers: [4] })).toThrow(
      invalid('ENCODER_INVALID', /layers has 4; the encoder whisper-random gives/),
    );
    expect(() => cutEncoder(encoder, { layers: [] })).toThrow(
      invalid('ENCODER_INVALID', /wrong at layers/),
    );
  });
});

describe('readEncoderFile', () => {
  const say = (change: object | string) => {
    const text = typeof change === 'string' ? change : JSON.stringify({ ...about, ...change });
    return replaceMetadata(encoder, { [encoderKey]: text });
  };

  it.each<[object | string, RegExp]>([
    ['{', /is not JSON/],
    [{ name: 'a/b' }, /wrong at name/],
    [{ layers: [] }, /wrong at layers/],
    [{ more: 1 }, /wrong at \(root\)/],
    [
      { frontEnd: { kind: 'other' } },
      /wrong at frontEnd: .*"other"; it must be features or waveform/,
    ],
    [{ frontEnd: { ...frontEnd, levelDb: 5 } }, /wrong at frontEnd: .*levelDb/],
  ])('refuses a manifest with %j', (change, message) => {
    expect(() => readEncoderFile(say(change))).toThrow(invalid('ENCODER_INVALID', message));
  });

  it('refuses a file without one', () => {
    expect(() => readEncoderFile(encodeModel({ ...decodeModel(encoder), metadata: {} }))).toThrow(
      invalid('ENCODER_INVALID', /no 'ser.encoder' entry/),
    );
  });
});
