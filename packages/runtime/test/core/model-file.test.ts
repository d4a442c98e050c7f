import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { readModelFile, SerError } from '../../src/core/index.ts';
import { buildModel, catchSerError, createRandom, mutate, readFixture } from '../fixtures.ts';

const model = readFixture('tiny-model.onnx');
const manifest = readModelFile(model);

async function refuse(bytes: Uint8Array): Promise<string> {
  const error = await catchSerError(() => readModelFile(bytes));
  expect(error.code).toBe('MODEL_INVALID');
  return error.message;
}

it('reads the manifest, with every feature setting filled in', () => {
  expect(manifest.labels).toEqual(['calm', 'happy', 'sad', 'angry']);
  expect(manifest.frontEnd).toMatchObject({ features: { sampleRateHz: 16000, fftLength: 2048 } });
  expect(readModelFile(buildModel(manifest))).toEqual(manifest);
});

describe('files that are refused', () => {
  it('empty', async () => {
    expect(await refuse(new Uint8Array())).toContain('empty');
  });
  it('text', async () => {
    expect(await refuse(new TextEncoder().encode('not a model'))).toContain('not an ONNX file');
  });
  it('audio', async () => {
    expect(await refuse(readFixture('clips/pcm16.wav'))).toContain('not an ONNX file');
  });
  it('a model that is cut', async () => {
    for (const length of [1, 10, 1000, model.length - 1]) {
      expect(await refuse(model.slice(0, length))).toMatch(/not an ONNX file|no 'ser.manifest'/);
    }
  });
  it('an ONNX file of another project', async () => {
    expect(await refuse(readFixture('no-manifest.onnx'))).toContain("no 'ser.manifest' entry");
  });
  it('a manifest that is not JSON', async () => {
    expect(await refuse(buildModel('{'))).toContain('not JSON');
  });
  it.each([
    ['labels', { ...manifest, labels: ['one'] }],
    ['labels', { ...manifest, labels: undefined }],
    ['labels', { ...manifest, labels: ['a', 'a'] }],
    ['formatVersion', { ...manifest, formatVersion: 2 }],
    [
      'frontEnd.features',
      { ...manifest, frontEnd: { kind: 'features', features: { hop: 1 }, trim: null } },
    ],
    [
      'frontEnd.features',
      { ...manifest, frontEnd: { kind: 'features', features: { fftLength: 1000 }, trim: null } },
    ],
    ['calibration.temperature', { ...manifest, calibration: { temperature: 0 } }],
  ])('a manifest that is wrong at %s', async (field, value) => {
    expect(await refuse(buildModel(value))).toContain(`wrong at ${field}`);
  });
  it('a manifest of 2 MB', async () => {
    expect(await refuse(buildModel(' '.repeat(2e6)))).toContain('at most 1048576');
  });
  it('groups nested a million deep', async () => {
    expect(await refuse(new Uint8Array(1e6).fill(0x0b))).toContain('not an ONNX file');
  });
  it('a length that the file does not have', async () => {
    const writer = new BinaryWriter();
    writer.tag(7, WireType.LengthDelimited).uint32(0xffffffff);
    expect(await refuse(writer.finish())).toContain('not an ONNX file');
  });
});

it('4,000 mutants give a manifest or a typed error', () => {
  const random = createRandom(9);
  const started = performance.now();
  // Most of a model is weights; a small one puts most mutations where they matter.
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(8);
  writer.tag(7, WireType.LengthDelimited).bytes(Uint8Array.of(1, 2, 3));
  writer.tag(14, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string('ser.manifest');
  writer.tag(2, WireType.LengthDelimited).string(JSON.stringify(manifest));
  const small = writer.join().finish();
  expect(readModelFile(small)).toEqual(manifest);
  for (let round = 0; round < 4000; round++) {
    try {
      readModelFile(mutate(round % 2 === 0 ? small : model, random));
    } catch (error) {
      if (!(error instanceof SerError)) throw error;
      expect(error.code).toBe('MODEL_INVALID');
    }
  }
  expect(performance.now() - started).toBeLessThan(20_000);
}, 30_000);
