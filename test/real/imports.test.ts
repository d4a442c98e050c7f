import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importClassifier, importEncoder, nameState, readEncoderFile } from '@ser/encoders';
import { type Classifier, createClassifier, createFrontEnd, loadClip } from '@ser/runtime';
import * as onnxruntime from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFolder } from '../support/export-folder.ts';
import { readNpyArray } from '../support/read-npy.ts';
import { askPeer } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const tolerance = 1e-4;
const folder = makeTemporaryFolder();
const clips = [0, 1, 2].map((number) => join(folder, `clip-${number}.wav`));

beforeAll(() => askPeer('export_encoders.py', [folder]));

function findDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return Array.from(expected).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - actual[at]!)),
    0,
  );
}

/** The hidden states that an encoder file gives of a clip, by layer, and the frames that count. */
async function runEncoder(bytes: Uint8Array, clip: string) {
  const { layers, frontEnd } = readEncoderFile(bytes);
  const matrix = (await createFrontEnd(frontEnd)).process(await loadClip(clip));
  const session = await onnxruntime.InferenceSession.create(bytes);
  const { data, frames, features } = matrix;
  const shape = frontEnd.kind === 'waveform' ? [1, frames] : [1, frames, features];
  const given = await session.run({
    [frontEnd.kind]: new onnxruntime.Tensor('float32', data, shape),
    lengths: new onnxruntime.Tensor('int32', Int32Array.of(frames), [1]),
  });
  await session.release();
  const states = new Map(
    layers.map((layer) => [layer, given[nameState(layer)]!.data as Float32Array]),
  );
  return { states, frames: Array.from(given['encoder/frames']!.data as Int32Array) };
}

describe.each([
  ['wav2vec2', 50, false],
  ['wav2vec2-large', 50, true],
  ['wav2vec2-classifier', 50, true],
  ['wav2vec2-weighted', 50, false],
  ['wav2vec2-opset-14', 50, true],
  ['hubert', 50, true],
  ['hubert-classifier', 50, true],
  ['wavlm', 50, false],
  ['wavlm-classifier', 50, true],
  ['data2vec-audio', 50, true],
  ['unispeech', 50, false],
  ['unispeech-sat-classifier', 50, false],
  ['moonshine', 16000 / 384, false],
  ['whisper', 50, undefined],
  ['whisper-features', 50, undefined],
  ['whisper-classifier', 50, undefined],
])('the encoder %s', (name, frameRateHz, normalise) => {
  const open = () => openFolder(join(folder, name));
  const readExpected = (clip: number) => readNpyArray(join(folder, `${name}.state-${clip}.npy`));

  it('gives the hidden states of transformers', async () => {
    const bytes = await importEncoder(open(), { name: 'own' });
    const manifest = readEncoderFile(bytes);
    expect(manifest.frameRateHz).toBeCloseTo(frameRateHz, 10);
    expect(manifest.frontEnd.normalise).toBe(normalise);
    for (const [number, clip] of clips.entries()) {
      const { data, shape } = readExpected(number);
      const [layers, frames, width] = shape as [number, number, number];
      expect(manifest).toMatchObject({
        width,
        layers: Array.from({ length: layers }, (_, i) => i),
      });
      const given = await runEncoder(bytes, clip);
      expect(given.frames).toEqual([frames]);
      for (const [layer, state] of given.states) {
        const expected = data.subarray(layer * frames * width, (layer + 1) * frames * width);
        expect(findDifference(state, expected), `layer ${layer}`).toBeLessThan(tolerance);
      }
    }
  });

  it('cut behind a layer, and averaged', async () => {
    const cut = await importEncoder(open(), { name: 'own', layers: [1] });
    const averaged = await importEncoder(open(), { name: 'own', layers: [0, 1], average: true });
    expect(cut.length).toBeLessThan((await importEncoder(open(), { name: 'own' })).length);
    const { data, shape } = readExpected(1);
    const size = shape[1]! * shape[2]!;
    const [first, second] = [data.subarray(0, size), data.subarray(size, 2 * size)];
    const mean = first.map((value, at) => (value + second[at]!) / 2);
    const given = await runEncoder(cut, clips[1]!);
    expect([...given.states.keys()]).toEqual([1]);
    expect(findDifference(given.states.get(1)!, second)).toBeLessThan(tolerance);
    const { states } = await runEncoder(averaged, clips[1]!);
    expect(findDifference(states.get(1)!, mean)).toBeLessThan(tolerance);
  });
});

describe.each([
  ['wav2vec2-classifier', true],
  ['wav2vec2-weighted', false],
  ['wav2vec2-opset-14', true],
  ['hubert-classifier', true],
  ['wavlm-classifier', true],
  ['data2vec-audio-classifier', true],
  ['unispeech-classifier', true],
  ['unispeech-sat-classifier', false],
  ['whisper-classifier', false],
])('the classifier %s', (name, normalises) => {
  const version = '0.0.0';
  const expected = () =>
    JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8')) as Record<
      'logits' | 'switched',
      number[][]
    >;

  async function expectLogits(classifier: Classifier, rows: readonly number[][]): Promise<void> {
    for (const [number, clip] of clips.entries()) {
      const { probabilities } = await classifier.predict(clip);
      const logits = Object.values(probabilities).map(Math.log);
      // Logits are known up to their sum.
      const centred = (row: readonly number[]) =>
        row.map((value) => value - row.reduce((sum, other) => sum + other, 0) / row.length);
      expect(findDifference(centred(logits), centred(rows[number]!))).toBeLessThan(tolerance);
    }
    await classifier.dispose();
  }

  it('gives the logits of transformers, normalised and not', async () => {
    const source = openFolder(join(folder, name));
    const { model, manifest, warnings } = await importClassifier(source, { version });
    expect(warnings).toEqual([]);
    expect(manifest.labels).toEqual(['neutral', 'happy', 'angry', 'sad']);
    expect(manifest.frontEnd.normalise ?? false).toBe(normalises);
    const { logits, switched } = expected();
    await expectLogits(await createClassifier(model), logits);
    const other = await importClassifier(source, { version, doNormalize: !normalises });
    await expectLogits(await createClassifier(other.model), switched);
  });

  it('gives the mean of the last hidden state as its embedding', async () => {
    const { model } = await importClassifier(openFolder(join(folder, name)), { version });
    const classifier = await createClassifier(model);
    const embedding = await classifier.embedding(clips[2]!);
    await classifier.dispose();
    if (name.startsWith('whisper')) return expect(embedding.length).toBe(8);
    const { data, shape } = readNpyArray(join(folder, `${name}.state-2.npy`));
    const [layers, frames, width] = shape as [number, number, number];
    const last = data.subarray((layers - 1) * frames * width);
    const mean = Array.from({ length: width }, (_, column) => {
      let sum = 0;
      for (let frame = 0; frame < frames; frame++) sum += last[frame * width + column]!;
      return sum / frames;
    });
    return expect(findDifference(embedding, mean)).toBeLessThan(tolerance);
  });
});
