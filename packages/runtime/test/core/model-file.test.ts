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
      { ...manifest, frontEnd: { kind: 'features', features: { fftLength: 16 }, trim: null } },
    ],
    ['calibration.temperature', { ...manifest, calibration: { temperature: 0 } }],
  ])('a manifest that is wrong at %s', async (field, value) => {
    expect(await refuse(buildModel(value))).toContain(`wrong at ${field}`);
  });
  const { features } = manifest.frontEnd as { features: object };
  const waveform = { kind: 'waveform', sampleRateHz: 16000, normalise: true, trim: null };
  it.each([
    ['frontEnd', undefined],
    ['frontEnd', 'waveform'],
    ['frontEnd.kind: it is "spectral"; it must be features or waveform', { kind: 'spectral' }],
    ['frontEnd.kind: it is undefined', { features, trim: null }],
    ['frontEnd.padEndSec', { kind: 'features', features, trim: null, padEndSec: -0.1 }],
    ['frontEnd.padEndSec', { kind: 'features', features, trim: null, padEndSec: 1e9 }],
    ['frontEnd.sampleRateHz', { ...waveform, sampleRateHz: 0 }],
    ['frontEnd.sampleRateHz', { ...waveform, sampleRateHz: 22050.5 }],
    ['frontEnd.sampleRateHz', { ...waveform, sampleRateHz: 1e12 }],
    ['frontEnd.normalise', { ...waveform, normalise: 'yes' }],
    ['frontEnd.trim', { ...waveform, trim: undefined }],
    ['frontEnd', { ...waveform, features }],
  ])('a front end that is wrong at %s', async (field, frontEnd) => {
    expect(await refuse(buildModel({ ...manifest, frontEnd }))).toContain(`wrong at ${field}`);
  });
  const encoder = {
    ...{ name: 'tiny', family: 'whisper', licence: 'MIT', languages: ['en'], width: 8 },
    ...{ layers: [0, 2, 3], used: [2, 3], frameRateHz: 50, maxFrames: 3000 },
  };
  it.each([
    ['encoder.name', { name: '' }],
    ['encoder.name', { name: 'x'.repeat(101) }],
    ['encoder.family', { family: 7 }],
    ['encoder.licence', { licence: undefined }],
    ['encoder.languages', { languages: 'en' }],
    ['encoder.width', { width: 0 }],
    ['encoder.layers', { layers: [] }],
    ['encoder.layers.0', { layers: [-1] }],
    ['encoder.layers', { layers: Array.from({ length: 1001 }, (_, index) => index) }],
    ['encoder.used', { used: [] }],
    ['encoder.used: the file does not hold every layer', { used: [1] }],
    ['encoder.frameRateHz', { frameRateHz: 0 }],
    ['encoder.maxFrames', { maxFrames: 0 }],
    ['encoder.maxFrames', { maxFrames: 2.5 }],
  ])('an encoder that is wrong at %s', async (field, wrong) => {
    const value = { ...manifest, encoder: { ...encoder, ...wrong } };
    expect(await refuse(buildModel(value))).toContain(`wrong at ${field}`);
  });
  it.each([
    ['batching', { batching: 'ragged' }],
    ['normalisation', { normalisation: 'batch' }],
  ])('a manifest of which %s is not known', async (field, wrong) => {
    const bytes = buildModel({ ...manifest, ...wrong });
    expect(await refuse(bytes)).toContain(`wrong at ${field}`);
  });
  it('but not an encoder, a waveform or one clip at a time', () => {
    const more = { encoder, batching: 'single', normalisation: 'none', frontEnd: waveform };
    expect(readModelFile(buildModel({ ...manifest, ...more }))).toEqual({ ...manifest, ...more });
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
