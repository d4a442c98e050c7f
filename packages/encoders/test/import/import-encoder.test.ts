import { readFileSync } from 'node:fs';
import { decodeModel, encodeModel } from '@ser/onnx';
import { createFrontEnd, type FrontEndConfig, loadClip } from '@ser/runtime';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { importEncoder } from '../../src/import/import-encoder.ts';
import { nameState, readEncoderFile } from '../../src/index.ts';
import { changeJson, exportPath, openExport } from './open-export.ts';

const wav2vec2 = 'wav2vec2-classifier';
const whisper = 'whisper-classifier';

function readStates(name: string): { data: Float32Array; shape: number[] } {
  const bytes = readFileSync(exportPath(`${name}.state-0.npy`));
  const start = 10 + bytes.readUInt16LE(8);
  const shape = /\(([\d, ]+)\)/.exec(bytes.toString('latin1', 10, start))![1]!;
  const data = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
  return { data, shape: shape.split(',').map(Number) };
}

async function run(bytes: Uint8Array, frontEnd: FrontEndConfig) {
  const clip = await loadClip(exportPath('clip-0.wav'));
  const { data, frames, features } = (await createFrontEnd(frontEnd)).process(clip);
  const session = await InferenceSession.create(bytes);
  const shape = frontEnd.kind === 'waveform' ? [1, frames] : [1, frames, features];
  const given = await session.run({
    [frontEnd.kind]: new Tensor('float32', data, shape),
    lengths: new Tensor('int32', Int32Array.of(frames), [1]),
  });
  await session.release();
  return (name: string) => given[name]!.data as Float32Array | Int32Array;
}

function differ(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return Array.from(expected).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - found[at]!)),
    0,
  );
}

describe.each([
  [wav2vec2, 'wav2vec2', 50, 16],
  [whisper, 'whisper', 50, 8],
])('%s', (name, family, frameRateHz, width) => {
  const { data, shape } = readStates(name);
  const size = shape[1]! * shape[2]!;
  const state = (layer: number) => data.subarray(layer * size, (layer + 1) * size);

  it('gives the hidden states of transformers', async () => {
    const bytes = await importEncoder(openExport(name), { name: 'own', licence: 'MIT' });
    const manifest = readEncoderFile(bytes);
    expect(manifest).toMatchObject({ family, frameRateHz, width, licence: 'MIT' });
    expect(manifest).toMatchObject({ layers: [0, 1, 2], batching: 'single' });
    const read = await run(bytes, manifest.frontEnd);
    for (const layer of manifest.layers) {
      expect(differ(read(nameState(layer)), state(layer))).toBeLessThan(1e-4);
    }
    expect(Array.from(read('encoder/frames'))).toEqual([shape[1]]);
  });

  it('is cut behind a layer', async () => {
    const all = await importEncoder(openExport(name), { name: 'own' });
    const bytes = await importEncoder(openExport(name), { name: 'own', layers: [1] });
    const { layers, frontEnd } = readEncoderFile(bytes);
    expect(layers).toEqual([1]);
    expect(decodeModel(bytes).nodes.length).toBeLessThan(0.8 * decodeModel(all).nodes.length);
    const read = await run(bytes, frontEnd);
    expect(differ(read(nameState(1)), state(1))).toBeLessThan(1e-4);
  });

  it('gives the mean of layers', async () => {
    const options = { name: 'own', layers: [0, 2], average: true };
    const bytes = await importEncoder(openExport(name), options);
    const { layers, frontEnd, source } = readEncoderFile(bytes);
    expect(layers).toEqual([2]);
    expect(source).toContain('the mean of the hidden states 0, 2');
    const read = await run(bytes, frontEnd);
    const mean = state(0).map((value, at) => (value + state(2)[at]!) / 2);
    expect(differ(read(nameState(2)), mean)).toBeLessThan(1e-4);
  });

  it('names everything that it computes', async () => {
    const bytes = await importEncoder(openExport(name), { name: 'own' });
    const { nodes, initialisers } = decodeModel(bytes);
    const names = [...nodes.flatMap(({ outputs }) => outputs), ...initialisers.map((t) => t.name)];
    expect(names.filter((value) => value && !value.startsWith('encoder/'))).toEqual([]);
  });
});

it('feeds ones where the export asks for a mask', async () => {
  const model = decodeModel(readFileSync(`${exportPath(wav2vec2)}/model.onnx`));
  // What is multiplied by the mask's mean stays as it is for ones alone.
  const masked = {
    ...model,
    inputs: [
      ...model.inputs,
      { name: 'attention_mask', type: 'int64' as const, shape: ['batch', 'samples'] },
    ],
    nodes: [
      { operator: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
      { operator: 'Mul', inputs: ['input_values', 'mask'], outputs: ['masked'] },
      ...model.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((name) => (name === 'input_values' ? 'masked' : name)),
      })),
    ],
  };
  const folder = openExport(wav2vec2, { 'model.onnx': encodeModel(masked) });
  const bytes = await importEncoder(folder, { name: 'own' });
  expect(decodeModel(bytes).inputs.map(({ name }) => name)).toEqual(['waveform', 'lengths']);
  const read = await run(bytes, readEncoderFile(bytes).frontEnd);
  const { data, shape } = readStates(wav2vec2);
  expect(differ(read(nameState(0)), data.subarray(0, shape[1]! * shape[2]!))).toBeLessThan(1e-4);
});

it('takes what preprocessor_config.json says, and what is said in its place', async () => {
  const file = 'preprocessor_config.json';
  const own = changeJson(wav2vec2, file, { do_normalize: false, sampling_rate: 8000 });
  const folder = openExport(wav2vec2, { [file]: own });
  const read = async (options: object) =>
    readEncoderFile(await importEncoder(folder, { name: 'own', ...options }));
  expect(await read({})).toMatchObject({
    frontEnd: { sampleRateHz: 8000, normalise: false, padToSec: 0.05 },
    frameRateHz: 25,
  });
  expect(await read({ doNormalize: true })).toMatchObject({ frontEnd: { normalise: true } });
});

describe('what is refused', () => {
  it.each([
    ['a layer that it does not have', { layers: [3] }, 'INVALID_ARGUMENT', '0 to 2'],
    ['no layers', { layers: [] }, 'INVALID_ARGUMENT', 'layers is empty'],
    ['a name of another form', { name: 'My encoder' }, 'ENCODER_INVALID', 'name'],
  ])('%s', async (_, options, code, reason) => {
    const error = await importEncoder(openExport(wav2vec2), { name: 'own', ...options }).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(reason) });
  });

  it('an export of an old opset', async () => {
    const model = decodeModel(readFileSync(`${exportPath(wav2vec2)}/model.onnx`));
    const bytes = encodeModel({ ...model, opsets: { '': 12 } });
    await expect(
      importEncoder(openExport(wav2vec2, { 'model.onnx': bytes }), { name: 'own' }),
    ).rejects.toThrow('opset 12');
  });
});
