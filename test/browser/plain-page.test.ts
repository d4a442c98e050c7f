import { join } from 'node:path';
import { type Classifier, createClassifier, loadClip } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { clipPath, modelPath, root } from './clips.ts';
import { openTestPage, underTheirNames } from './open-test-page.ts';

const speechModelPath = join(
  root,
  'packages/runtime/node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx',
);
const clips = ['pcm16.wav', 'mono.flac', 'stereo.ogg'];

describe('the runtime in a plain page, without a worker', () => {
  const opened = openTestPage('plain-page', {
    files: {
      ...underTheirNames(clips, clipPath),
      ...{ 'model.onnx': modelPath, 'speech.onnx': speechModelPath },
    },
    ready: 'runtime',
  });
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await createClassifier(modelPath);
  });
  afterAll(() => classifier?.dispose());

  it('answers 50 calls at once, each with its own result, as Node does', async () => {
    const labels = await opened.page.evaluate(
      async ({ clips }) => {
        const classifier = await window.runtime.createClassifier('model.onnx', {
          wasmUrl: window.wasmUrl,
        });
        const calls = Array.from({ length: 50 }, (_, index) =>
          classifier.predict(clips[index % clips.length]!),
        );
        const predictions = await Promise.all(calls);
        await classifier.dispose();
        return predictions;
      },
      { clips },
    );
    const references = await Promise.all(clips.map((name) => classifier.predict(clipPath(name))));
    labels.forEach((prediction, index) => {
      const reference = references[index % clips.length]!;
      for (const label of classifier.labels) {
        const difference = prediction.probabilities[label]! - reference.probabilities[label]!;
        expect(Math.abs(difference)).toBeLessThan(1e-5);
      }
    });
  });

  it('takes audio in every form, an AudioBuffer among them', async () => {
    const { samples, sampleRateHz } = await loadClip(clipPath('mono.flac'));
    const found = await opened.page.evaluate(
      async ({ values, sampleRateHz }) => {
        const classifier = await window.runtime.createClassifier('model.onnx', {
          wasmUrl: window.wasmUrl,
        });
        const bytes = await (await fetch('mono.flac')).arrayBuffer();
        const samples = Float32Array.from(values);
        const buffer = new AudioBuffer({
          length: samples.length,
          sampleRate: sampleRateHz,
          numberOfChannels: 2,
        });
        buffer.copyToChannel(samples, 0);
        buffer.copyToChannel(samples, 1);
        const forms = [
          'mono.flac',
          new URL('mono.flac', location.href),
          bytes,
          new Uint8Array(bytes),
          new Blob([bytes]),
          new File([bytes], 'mono.flac'),
          { samples, sampleRateHz },
          buffer,
        ];
        const outcomes = await classifier.predictBatch(forms);
        await classifier.dispose();
        return outcomes.map((outcome) =>
          outcome.ok ? outcome.prediction.confidence : outcome.error.message,
        );
      },
      { values: [...samples], sampleRateHz },
    );
    const { confidence } = await classifier.predict(clipPath('mono.flac'));
    expect(found).toHaveLength(8);
    for (const value of found) expect(Math.abs(Number(value) - confidence)).toBeLessThan(1e-5);
  });

  it('finds speech, in a recording and live, where Node finds it', async () => {
    const sampleRateHz = 16000;
    const samples = new Float32Array(8 * sampleRateHz);
    samples.set(synthesiseVoice(2, sampleRateHz), sampleRateHz);
    samples.set(synthesiseVoice(2.5, sampleRateHz), 4 * sampleRateHz);
    const inBrowser = await opened.page.evaluate(
      async ({ values, sampleRateHz }) => {
        const classifier = await window.runtime.createClassifier('model.onnx', {
          wasmUrl: window.wasmUrl,
          speechModelUrl: 'speech.onnx',
        });
        const samples = Float32Array.from(values);
        const stream = await classifier.stream({ sampleRateHz });
        const pushing = stream.push(samples);
        const segments = [];
        for await (const segment of classifier.segments({ samples, sampleRateHz })) {
          segments.push(segment);
        }
        const updates = await pushing;
        await classifier.dispose();
        return { segments, updates };
      },
      { values: [...samples], sampleRateHz },
    );
    const segments = [];
    for await (const segment of classifier.segments({ samples, sampleRateHz })) {
      segments.push({ ...segment, confidence: expect.closeTo(segment.confidence, 5) });
    }
    expect(segments).toHaveLength(2);
    expect(inBrowser.segments).toEqual(segments);
    const stream = await classifier.stream({ sampleRateHz });
    const updates = await stream.push(samples);
    expect(inBrowser.updates).toHaveLength(updates.length);
    for (const [at, { timeSec, prediction }] of inBrowser.updates.entries()) {
      expect(timeSec).toBe(updates[at]!.timeSec);
      expect(prediction?.label).toBe(updates[at]!.prediction?.label);
      if (!prediction) continue;
      const difference = prediction.confidence - updates[at]!.prediction!.confidence;
      expect(Math.abs(difference)).toBeLessThan(1e-5);
    }
  });

  it('says what finding speech needs where it was not told', async () => {
    const failure = await opened.page.evaluate(async () => {
      const options = { wasmUrl: window.wasmUrl };
      const classifier = await window.runtime.createClassifier('model.onnx', options);
      const failure = await classifier.stream({ sampleRateHz: 48000 }).catch(String);
      await classifier.dispose();
      return failure;
    });
    expect(failure).toMatch(/speechModelUrl is not given to createClassifier/);
  });

  it('blames a wrong wasmUrl and nothing else, and goes on with the right one', async () => {
    const page = await opened.openPage();
    const found = await page.evaluate(async () => {
      const { createClassifier, SerError } = window.runtime;
      const attempt = async (wasmUrl: string) => {
        try {
          const classifier = await createClassifier('model.onnx', { wasmUrl });
          const { label } = await classifier.predict('pcm16.wav');
          await classifier.dispose();
          return label;
        } catch (error) {
          return error instanceof SerError ? `${error.code} ${error.message}` : String(error);
        }
      };
      const answers: (string | null)[] = [];
      for (const url of ['index.html', 'nowhere/ort.wasm', 'http://127.0.0.1:1/', window.wasmUrl]) {
        answers.push(await attempt(url));
      }
      return answers;
    });
    await page.close();
    const { label } = await classifier.predict(clipPath('pcm16.wav'));
    expect(found[0]).toMatch(/^RUNTIME_UNAVAILABLE wasmUrl is index\.html, where something else/);
    expect(found[1]).toMatch(/^RUNTIME_UNAVAILABLE wasmUrl is nowhere\/ort\.wasm, .* status 404/);
    expect(found[2]).toMatch(
      /^RUNTIME_UNAVAILABLE wasmUrl is http:\/\/127\.0\.0\.1:1\/, which cannot/,
    );
    expect(found[3]).toBe(label);
  });

  it('gives typed errors that name the address', async () => {
    const failures = await opened.page.evaluate(async () => {
      const { createClassifier, SerError } = window.runtime;
      const describe = (error: unknown) =>
        error instanceof SerError ? `${error.code} ${error.message}` : `untyped ${error}`;
      const options = { wasmUrl: window.wasmUrl };
      const classifier = await createClassifier('model.onnx', options);
      const found = [
        await createClassifier('nowhere.onnx', options).catch(describe),
        await createClassifier('pcm16.wav', options).catch(describe),
        await classifier.predict('nowhere.wav').catch(describe),
        await classifier.predict('index.html').catch(describe),
        await classifier.predict(7 as never).catch(describe),
      ];
      await classifier.dispose();
      return [...found, await classifier.predict('pcm16.wav').catch(describe)];
    });
    expect(failures[0]).toMatch(
      /^FILE_NOT_FOUND nowhere\.onnx: The server answered with status 404/,
    );
    expect(failures[1]).toMatch(/^MODEL_INVALID pcm16\.wav: The model file is not an ONNX file/);
    expect(failures[2]).toMatch(/^FILE_NOT_FOUND nowhere\.wav: /);
    expect(failures[3]).toMatch(/^AUDIO_UNSUPPORTED index\.html: The file is not audio/);
    expect(failures[4]).toMatch(/^INVALID_ARGUMENT audio is 7; it must be a URL/);
    expect(failures[5]).toMatch(/^DISPOSED /);
  });
});
