import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { buildWhisperEncoder, createEmbedder, readWhisperSafetensors } from '../../src/index.ts';
import { description, readExpected, readFixture, runEncoder, whisperConfig } from '../fixtures.ts';

const weights = readWhisperSafetensors(readFixture('whisper.safetensors'), whisperConfig);
const encoder = buildWhisperEncoder(weights, description);
const { values, shape } = readExpected('features_long');
const width = 12;

it.each([
  // Half a second of zeros is 25 frames of the states.
  ['frames', Math.ceil(shape[0]! / 2) - 25],
  ['padded-frames', Math.ceil(shape[0]! / 2)],
] as const)('%s are the hidden states side by side', async (output, frames) => {
  const session = await InferenceSession.create(
    createEmbedder(encoder, { layers: [1, 3], output }),
  );
  const { embedding } = await session.run({
    features: new Tensor('float32', values, [1, ...shape]),
    lengths: new Tensor('int32', Int32Array.of(shape[0]!), [1]),
  });
  expect(embedding!.dims).toEqual([1, frames, 2 * width]);
  const states = await runEncoder(encoder, values, [shape[0]!]);
  const expected = Float32Array.from({ length: frames * 2 * width }, (_, at) => {
    const frame = Math.floor(at / (2 * width));
    const column = at % (2 * width);
    const state = states[`encoder/state_${column < width ? 1 : 3}`]!;
    return state.values[frame * width + (column % width)]!;
  });
  expect(embedding!.data).toEqual(expected);
  await session.release();
});
