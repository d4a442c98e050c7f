import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Audio, type Classifier, createClassifier, loadClip } from '../src/node.ts';
import { catchSerError, fixturePath } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

const folder = mkdtempSync(join(tmpdir(), 'ser-odd-'));
const clip = fixturePath('clips/pcm16.wav');
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 81234\n`;
let classifier: Classifier;
beforeAll(async () => {
  classifier = await createClassifier(fixturePath('tiny-model.onnx'));
});
afterAll(async () => {
  await classifier.dispose();
  rmSync(folder, { recursive: true });
});

/** Every way to hand audio over. */
const entries: Record<string, (audio: Audio) => Promise<unknown>> = {
  predict: (audio) => classifier.predict(audio),
  decode: (audio) => classifier.decode(audio),
  features: (audio) => classifier.features(audio),
  timeline: (audio) => classifier.timeline(audio).next(),
  segments: (audio) => classifier.segments(audio).next(),
  loadClip: (audio) => loadClip(audio as string),
};

describe.each(Object.keys(entries))('%s', (name) => {
  const give = (audio: Audio) => catchSerError(() => entries[name]!(audio));

  it.each([
    ['data:', `data:audio/wav;base64,${'QUJD'.repeat(20_000)}`],
    ['http:', 'http://127.0.0.1:1/one.wav'],
    ['file:', `file://${clip}`],
  ])('says of the text of a %s address what to give instead', async (scheme, text) => {
    const { code, message } = await give(text);
    expect(code).toBe('FILE_NOT_FOUND');
    expect(message).toContain(`(${scheme})`);
    expect(message).toContain('new URL(…)');
    expect(message.length).toBeLessThan(500);
  });

  it('names a Git LFS pointer, whatever its ending', async () => {
    const path = join(folder, `${name}.mp3`);
    writeFileSync(path, pointer);
    const { code, message } = await give(path);
    expect(code).toBe('AUDIO_UNSUPPORTED');
    expect(message).toMatch(/Git LFS pointer.*git lfs pull/);
  });

  it('is brief about a long data: URL that holds no audio', async () => {
    const { message } = await give(new URL(`data:audio/wav;base64,${'QUJD'.repeat(20_000)}`));
    expect(message.length).toBeLessThan(500);
  });
});

it.each(['predict', 'features', 'timeline', 'segments'])(
  '%s refuses samples beyond anything that a level can be, with the true reason',
  async (name) => {
    const samples = synthesiseVoice(1, 16_000).map((sample) => 1e30 * (sample + 0.1));
    const { code, message } = await catchSerError(() =>
      entries[name]!({ samples, sampleRateHz: 16_000 }),
    );
    expect(code).toBe('AUDIO_NOT_FINITE');
    expect(message).toMatch(/^Sample \d+ of the audio is -?\d.*within ±1000000000/);
  },
);

it('takes lists of clips and matrices alone', async () => {
  for (const call of [
    () => classifier.predictBatch(clip as never),
    () => classifier.predictBatch(new Set([clip]) as never),
    () =>
      classifier.predictFeatures({ data: new Float32Array(52), frames: 1, features: 52 } as never),
  ]) {
    const { code, message } = await catchSerError(call);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toMatch(/^(audios|matrices) is .*; it must be an array\.$/);
  }
});

it('names a Git LFS pointer in place of a model', async () => {
  const { code, message } = await catchSerError(() => createClassifier(Buffer.from(pointer)));
  expect(code).toBe('MODEL_INVALID');
  expect(message).toMatch(/Git LFS pointer.*git lfs pull/);
});
