import { compactWeights, decodeModel, encodeModel } from '@ser/onnx';
import { describe, expect, it } from 'vitest';
import {
  buildWhisperEncoder,
  cutEncoder,
  encoderKey,
  readEncoderFile,
  readWhisperFile,
  readWhisperSafetensors,
  type WhisperWeights,
} from '../../src/index.ts';
import { description, differ, readFixture, whisperConfig } from '../fixtures.ts';

const weights = readWhisperSafetensors(readFixture('whisper.safetensors'), whisperConfig);
const encoder = buildWhisperEncoder(weights, description);
const { width, innerWidth, bands } = weights;

/** Names and shapes of some weights of every kind. */
const shapes: [string, number[]][] = [
  ['conv1.weight', [width, bands, 3]],
  ['conv2.bias', [width]],
  ['layers.0.self_attn.q_proj.weight', [width, width]],
  ['layers.1.self_attn.k_proj.weight', [width, width]],
  ['layers.2.self_attn.v_proj.bias', [width]],
  ['layers.1.fc1.weight', [innerWidth, width]],
  ['layers.2.final_layer_norm.weight', [width]],
];

describe('the weights of an encoder file', () => {
  it.each([{}, { layers: 2, states: [1, 2] }])('build the same bytes again: %j', (options) => {
    const built = buildWhisperEncoder(weights, { ...description, ...options });
    const read = readWhisperFile(built);
    expect(buildWhisperEncoder(read, { ...description, ...options })).toEqual(built);
  });

  it('are those that it was built of', () => {
    const read = readWhisperFile(encoder);
    const { read: _, ...sizes } = weights;
    expect(read).toMatchObject(sizes);
    for (const [name, shape] of shapes) {
      const found = read.read(name, shape);
      expect(differ(found, weights.read(name, shape)), name).toBeLessThan(1e-7);
    }
  });

  it('are only of the layers that it holds', () => {
    const read = readWhisperFile(cutEncoder(encoder, { layers: [1] }));
    expect(read.layers).toBe(1);
    expect(() => read.read('layers.1.fc1.bias', [innerWidth])).toThrow(
      expect.objectContaining({
        code: 'ENCODER_INVALID',
        message: `The encoder whisper-random has no layers.1.fc1.bias of the shape [${innerWidth}].`,
      }),
    );
  });
});

describe.each([
  ['float16', 2 ** -11],
  ['int8', 1 / 200],
] as const)('stored as %s', (precision, share) => {
  // Large enough for its matrices to be stored so.
  const wide = widen(weights, 48);
  const built = buildWhisperEncoder(wide, description);
  const compact = encodeModel(compactWeights(decodeModel(built), precision));

  it('they are within its rounding', () => {
    const isStored = decodeModel(compact).initialisers.some(
      ({ name }) => name === `encoder/layer_3/wide/weight/${precision}`,
    );
    expect(isStored).toBe(true);
    const read = readWhisperFile(compact);
    for (const name of [
      'conv2.weight',
      'layers.0.self_attn.q_proj.weight',
      'layers.2.fc1.weight',
    ]) {
      const shape =
        name === 'conv2.weight' ? [48, 48, 3] : [name.endsWith('fc1.weight') ? 96 : 48, 48];
      const expected = wide.read(name, shape);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const found = differ(read.read(name, shape), expected);
      expect(found, name).toBeLessThan(share * largest);
      expect(found, name).toBeGreaterThan(0);
    }
  });

  it('they build a file of exactly these numbers', () => {
    const read = readWhisperFile(compact);
    const again = readWhisperFile(buildWhisperEncoder(read, description));
    const [name, shape] = ['layers.1.self_attn.q_proj.weight', [48, 48]] as const;
    expect(again.read(name, shape)).toEqual(read.read(name, shape));
  });
});

/** Random weights of another width, with the heads and layers of these. */
function widen(small: WhisperWeights, width: number): WhisperWeights {
  const read = (name: string, shape: readonly number[]): Float32Array => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return Float32Array.from({ length: size }, (_, at) => Math.sin((at + 1) * (name.length + 0.7)));
  };
  return { ...small, width, innerWidth: 2 * width, read };
}

it.each([
  ['of another family', { family: 'wav2vec2' }],
  ['that does not say its length', { maxFrames: undefined }],
])('refuses a file %s', (_, change) => {
  const about = { ...readEncoderFile(encoder), ...change };
  const model = decodeModel(encoder);
  const bytes = encodeModel({ ...model, metadata: { [encoderKey]: JSON.stringify(about) } });
  expect(() => readWhisperFile(bytes)).toThrow(
    expect.objectContaining({ code: 'ENCODER_INVALID' }),
  );
});

it('refuses a file without a layer', () => {
  expect(() => readWhisperFile(cutEncoder(encoder, { layers: [0] }))).toThrow(
    /is not a Whisper that this project built, with one layer or more/,
  );
});
