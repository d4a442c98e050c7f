import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readSafetensors } from '../src/safetensors.ts';

/** The bytes of a file that `fixtures/make_whisper.py` wrote. */
export function readFixture(name: string): Uint8Array {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

/** The configuration of the tiny Whisper. */
export const whisperConfig: unknown = JSON.parse(
  new TextDecoder().decode(readFixture('whisper.config.json')),
);

const { tensors } = readSafetensors(readFixture('whisper.expected.safetensors'));

/** What transformers or CTranslate2 computed, or what they were given. */
export function readExpected(name: string): { shape: readonly number[]; values: Float32Array } {
  const { shape, read } = tensors.get(name)!;
  return { shape, values: read() };
}

/** What is said of the tests' encoder. */
export const description = {
  name: 'whisper-random',
  licence: 'MIT',
  languages: ['en'],
  source: 'random numbers',
};

/** What an encoder gives for log-mel frames [clips, rows, bands] of these lengths, by output. */
export async function runEncoder(
  bytes: Uint8Array,
  features: Float32Array,
  lengths: readonly number[],
): Promise<Record<string, { values: Float32Array; dims: readonly number[] }>> {
  const session = await InferenceSession.create(bytes);
  const rows = Math.max(...lengths);
  const bands = features.length / lengths.length / rows;
  const outputs = await session.run({
    features: new Tensor('float32', features, [lengths.length, rows, bands]),
    lengths: new Tensor('int32', Int32Array.from(lengths), [lengths.length]),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [
      name,
      { values: Float32Array.from(data as Float32Array), dims },
    ]),
  );
}

/** The largest difference of two lists of one length. */
export function differ(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return found.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
}
