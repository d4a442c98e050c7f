import { describe, expect, it } from 'vitest';
import {
  buildWhisperEncoder,
  holdsWhisper,
  importWhisper,
  readWhisperModelBin,
  readWhisperSafetensors,
  type WeightsFolder,
} from '../src/index.ts';
import { description, readFixture, whisperConfig } from './fixtures.ts';

const whole = readFixture('whisper.safetensors');
const config = readFixture('whisper.config.json');
const encoder = readFixture('whisper.float16.safetensors');
const modelBin = readFixture('whisper.int8.model.bin');
const text = (value: string) => new TextEncoder().encode(value);

function folderOf(files: Record<string, Uint8Array>): WeightsFolder {
  return { name: 'a-folder', files: Object.keys(files), read: async (file) => files[file]! };
}

describe('a folder', () => {
  it.each([
    ['of transformers', { 'model.safetensors': whole, 'config.json': config }, true],
    ['of one weights file', { 'encoder.safetensors': encoder }, true],
    ['of one model.bin', { 'whisper.int8.model.bin': modelBin }, true],
    [
      'of transformers in an old format',
      { 'pytorch_model.bin': modelBin, 'config.json': config },
      false,
    ],
    ['of faster-whisper', { 'model.bin': modelBin, 'config.json': text('{}') }, true],
    [
      'of another model',
      { 'model.safetensors': whole, 'config.json': text('{"model_type":"bert"}') },
      false,
    ],
    ['of no configuration', { 'model.safetensors': whole, 'config.json': text('null') }, false],
    ['of several weights files', { 'a.safetensors': whole, 'b.safetensors': whole }, false],
    ['of an ONNX file', { 'onnx/model.onnx': whole }, false],
  ])('%s is told', async (_, files, expected) => {
    expect(await holdsWhisper(folderOf(files as Record<string, Uint8Array>))).toBe(expected);
  });

  it('becomes the encoder that its weights are', async () => {
    const options = { ...description, layers: 2, states: [1, 2] };
    const of = (files: Record<string, Uint8Array>) => importWhisper(folderOf(files), options);
    const found = [
      await of({ 'model.safetensors': whole, 'config.json': config }),
      await of({ 'encoder.safetensors': encoder }),
      await of({ 'model.bin': modelBin, 'config.json': text('{}') }),
    ];
    const expected = [
      readWhisperSafetensors(whole, whisperConfig),
      readWhisperSafetensors(encoder),
      readWhisperModelBin(modelBin),
    ].map((weights) => buildWhisperEncoder(weights, options));
    found.forEach((bytes, at) => {
      expect(Buffer.compare(bytes, expected[at]!)).toBe(0);
    });
  });

  it.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['without weights', { 'config.json': config }, /has no model.bin and no model.safetensors/],
    [
      'whose configuration is no JSON',
      { 'a.safetensors': whole, 'config.json': text('{') },
      /config.json of a-folder is not JSON/,
    ],
  ])('%s is refused', async (_, files, message) => {
    await expect(importWhisper(folderOf(files), description)).rejects.toEqual(
      expect.objectContaining({ code: 'ENCODER_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
