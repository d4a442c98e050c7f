import { join } from 'node:path';
import { type Classifier, createClassifier } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { clipPath, modelPath, root } from './clips.ts';
import { openTestPage, underTheirNames } from './open-test-page.ts';

const speechModelPath = join(
  root,
  'packages/runtime/node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx',
);
const encoderPath = join(root, 'packages/runtime/test/fixtures/tiny-waveform.onnx');
const clips = ['pcm16.wav', 'mono.flac', 'stereo.ogg', 'stereo.opus', 'stereo.mp3', 'aac.m4a'];
const sampleRateHz = 16_000;

describe('the runtime in a worker of the page', () => {
  const opened = openTestPage('worker-page', {
    files: {
      ...underTheirNames(clips, clipPath),
      ...{ 'model.onnx': modelPath, 'speech.onnx': speechModelPath },
      'encoder.onnx': encoderPath,
    },
    ready: 'workerRuntime',
  });
  let classifier: Classifier;
  beforeAll(async () => {
    classifier = await createClassifier(modelPath);
  });
  afterAll(() => classifier?.dispose());

  it.each(['default', 'own'])('predicts in a worker (%s) what Node predicts', async (kind) => {
    const found = await opened.page.evaluate(
      async ({ kind, clips }) => {
        const progress: number[] = [];
        const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
          wasmUrl: window.wasmUrl,
          ...(kind === 'own' && { worker: window.startOwnWorker() }),
          onProgress: ({ loadedBytes, totalBytes }) => progress.push(loadedBytes, totalBytes ?? -1),
        });
        const predictions = await Promise.all(clips.map((name) => classifier.predict(name)));
        const { labels, featureNames } = classifier;
        await classifier.dispose();
        const after = await classifier.predict(clips[0]!).catch(String);
        return { predictions, labels, featureNames, progress, after };
      },
      { kind, clips: clips.slice(0, 5) },
    );
    expect(found.labels).toEqual(classifier.labels);
    expect(found.featureNames).toEqual(classifier.featureNames);
    expect(found.progress.at(-2)).toBeGreaterThan(0);
    expect(found.after).toMatch(/was disposed of/);
    for (const [index, { probabilities, ...rest }] of found.predictions.entries()) {
      // The worker was not told of a speech detector.
      const reference = await classifier.predict(clipPath(clips[index]!), { speechCheck: false });
      expect(rest.label).toBe(reference.label);
      expect(rest.uncertain?.reason).toBe(reference.uncertain?.reason);
      for (const label of classifier.labels) {
        const difference = probabilities[label]! - reference.probabilities[label]!;
        expect(Math.abs(difference)).toBeLessThan(1e-5);
      }
    }
  });

  it('gives embeddings, and tells what the model computes on', async () => {
    const found = await opened.page.evaluate(async () => {
      const classifier = await window.workerRuntime.createWorkerClassifier('encoder.onnx', {
        wasmUrl: window.wasmUrl,
        device: 'auto',
      });
      const embedding = await classifier.embedding('mono.flac');
      await classifier.dispose();
      return { embedding: [...embedding], device: classifier.device };
    });
    expect(found.device).toEqual({
      kind: 'wasm',
      fallbackReason: expect.stringContaining('WebGPU has no graphics processor'),
    });
    const inNode = await createClassifier(encoderPath);
    const embedding = await inNode.embedding(clipPath('mono.flac'));
    await inNode.dispose();
    expect(found.embedding).toEqual([...embedding].map((value) => expect.closeTo(value, 5)));
  });

  it('gives samples, features and spectra to draw', async () => {
    const found = await opened.page.evaluate(async () => {
      const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
        wasmUrl: window.wasmUrl,
      });
      const clip = await classifier.decode('mono.flac');
      const features = await classifier.features('mono.flac');
      const spectrogram = await classifier.spectrogram('mono.flac', { hopLength: 256 });
      const [row] = await classifier.predictFeatures([features]);
      await classifier.dispose();
      return {
        clip: { count: clip.samples.length, sampleRateHz: clip.sampleRateHz },
        features: [features.frames, features.features, features.data.length],
        spectrogram: [spectrogram.frames, spectrogram.features],
        row: [...row!],
      };
    });
    const { samples, sampleRateHz } = await classifier.decode(clipPath('mono.flac'));
    expect(found.clip).toEqual({ count: samples.length, sampleRateHz });
    const features = await classifier.features(clipPath('mono.flac'));
    expect(found.features).toEqual([features.frames, features.features, features.data.length]);
    const options = { hopLength: 256 };
    const spectrogram = await classifier.spectrogram(clipPath('mono.flac'), options);
    expect(found.spectrogram).toEqual([spectrogram.frames, spectrogram.features]);
    const [row] = await classifier.predictFeatures([features]);
    found.row.forEach((value, index) => {
      expect(Math.abs(value - row![index]!)).toBeLessThan(1e-5);
    });
  });

  it('takes every form of audio, and one bad clip costs no other its result', async () => {
    const outcomes = await opened.page.evaluate(async () => {
      const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
        wasmUrl: window.wasmUrl,
      });
      const bytes = await (await fetch('mono.flac')).arrayBuffer();
      const { samples, sampleRateHz } = await classifier.decode('mono.flac');
      const buffer = new AudioBuffer({
        length: samples.length,
        sampleRate: sampleRateHz,
        numberOfChannels: 1,
      });
      buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
      const outcomes = await classifier.predictBatch([
        new URL('mono.flac', location.href),
        bytes,
        new File([bytes], 'mono.flac'),
        { samples, sampleRateHz },
        buffer,
        new File(['no audio'], 'notes.txt'),
      ]);
      await classifier.dispose();
      return outcomes.map((outcome) =>
        outcome.ok
          ? outcome.prediction.confidence
          : outcome.error instanceof window.workerRuntime.SerError &&
            `${outcome.error.code} ${outcome.error.message}`,
      );
    });
    const { confidence } = await classifier.predict(clipPath('mono.flac'));
    const failure = outcomes.pop();
    expect(outcomes).toHaveLength(5);
    for (const value of outcomes) expect(Math.abs(Number(value) - confidence)).toBeLessThan(1e-5);
    expect(failure).toMatch(
      /^AUDIO_UNSUPPORTED notes\.txt: .*this browser cannot decode it either/,
    );
  });

  it('follows a recording and a live signal as Node does', async () => {
    const samples = new Float32Array(8 * sampleRateHz);
    samples.set(synthesiseVoice(2, sampleRateHz), sampleRateHz);
    samples.set(synthesiseVoice(2.5, sampleRateHz), 4 * sampleRateHz);
    const found = await opened.page.evaluate(
      async ({ values, sampleRateHz }) => {
        const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
          wasmUrl: window.wasmUrl,
          speechModelUrl: 'speech.onnx',
        });
        const samples = Float32Array.from(values);
        const stream = await classifier.stream({ sampleRateHz });
        const updates = await stream.push(samples);
        await stream.close();
        const afterClose = await stream.push(samples).catch(String);
        const segments = [];
        for await (const segment of classifier.segments({ samples, sampleRateHz })) {
          segments.push(segment);
        }
        const windows = [];
        for await (const window of classifier.timeline({ samples, sampleRateHz })) {
          windows.push(window.prediction?.label);
        }
        const hiss = { samples: samples.map((_, at) => 0.1 * Math.sin(at * at)), sampleRateHz };
        const unheard = await classifier.predict(hiss);
        const [unheardToo] = await classifier.predictBatch([hiss]);
        const unchecked = await classifier.predict(hiss, { speechCheck: false });
        await classifier.dispose();
        return {
          ...{ updates, segments, windows, afterClose, unheard, unheardToo },
          uncheckedLabel: unchecked.label,
          latencySec: stream.latencySec,
        };
      },
      { values: [...samples], sampleRateHz },
    );
    const segments = [];
    for await (const segment of classifier.segments({ samples, sampleRateHz })) {
      segments.push({ ...segment, confidence: expect.closeTo(segment.confidence, 5) });
    }
    expect(segments.length).toBeGreaterThan(0);
    expect(found.segments).toEqual(segments);
    const { label, confidence, uncertain } = found.unheard;
    expect({ label, confidence, reason: uncertain?.reason }).toEqual({
      ...{ label: null, confidence: 0, reason: 'no-speech' },
    });
    expect(found.unheardToo).toEqual({ ok: true, prediction: found.unheard });
    expect(found.uncheckedLabel).toEqual(expect.any(String));
    const windows = [];
    for await (const window of classifier.timeline({ samples, sampleRateHz })) {
      windows.push(window.prediction?.label);
    }
    expect(found.windows).toEqual(windows);
    const stream = await classifier.stream({ sampleRateHz });
    const updates = await stream.push(samples);
    expect(found.latencySec).toBe(stream.latencySec);
    expect(found.updates.map(({ prediction }) => prediction?.label)).toEqual(
      updates.map(({ prediction }) => prediction?.label),
    );
    expect(found.afterClose).toMatch(/stream was closed/);
  });

  it('stops when it is told to, and goes on with other work', async () => {
    const found = await opened.page.evaluate(async (sampleRateHz) => {
      const { createWorkerClassifier, SerError } = window.workerRuntime;
      const codeOf = (error: unknown) => (error instanceof SerError ? error.code : String(error));
      const options = { wasmUrl: window.wasmUrl };
      const classifier = await createWorkerClassifier('model.onnx', options);
      const samples = Float32Array.from({ length: 600 * sampleRateHz }, (_, at) =>
        Math.sin(at / 9),
      );
      const controller = new AbortController();
      const { signal } = controller;
      let windows = 0;
      let stopped = '';
      try {
        for await (const _ of classifier.timeline({ samples, sampleRateHz }, { signal })) {
          windows++;
          controller.abort();
        }
      } catch (error) {
        stopped = codeOf(error);
      }
      const refused = await classifier.predict('mono.flac', { signal }).catch(codeOf);
      const { label } = await classifier.predict('mono.flac');
      await classifier.dispose();
      const load = new AbortController();
      const loading = createWorkerClassifier('model.onnx', { ...options, signal: load.signal });
      load.abort();
      return { windows, stopped, refused, label, loading: await loading.catch(codeOf) };
    }, sampleRateHz);
    const { label } = await classifier.predict(clipPath('mono.flac'));
    expect(found).toEqual({
      windows: 1,
      stopped: 'ABORTED',
      refused: 'ABORTED',
      label,
      loading: 'ABORTED',
    });
  });

  it('decodes what only the browser knows, in a page and for a worker', async () => {
    const found = await opened.page.evaluate(async () => {
      const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
        wasmUrl: window.wasmUrl,
      });
      const context = new AudioContext();
      const destination = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context, { frequency: 220 });
      tone.connect(destination);
      const recorder = new MediaRecorder(destination.stream, { mimeType: 'audio/webm' });
      const pieces: Blob[] = [];
      recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
      tone.start();
      recorder.start();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      recorder.stop();
      await stopped;
      const webm = new File(pieces, 'recorded.webm');
      const clip = await classifier.decode(webm);
      const m4a = await classifier.predict('aac.m4a').catch(String);
      const long = await classifier.predict(webm, { maxDurationSec: 0.5 }).catch(String);
      const large = new Uint8Array(2 ** 25 + 1);
      large.set(new Uint8Array(await (await fetch('aac.m4a')).arrayBuffer()));
      const tooLarge = await classifier.predict(large).catch(String);
      await classifier.dispose();
      return {
        rate: clip.sampleRateHz,
        sec: clip.samples.length / clip.sampleRateHz,
        peak: clip.samples.reduce((most, value) => Math.max(most, value), 0),
        m4a,
        long,
        tooLarge,
      };
    });
    expect(found.rate).toBe(48_000);
    expect(found.sec).toBeGreaterThan(0.5);
    expect(found.peak).toBeGreaterThan(0.1);
    expect(found.m4a).toEqual(expect.objectContaining({ label: expect.any(String) }));
    expect(found.long).toMatch(/longer than 0\.5 s/);
    expect(found.tooLarge).toMatch(/33554433 bytes are more than the 33554432/);
  });

  it('gives typed errors', async () => {
    const failures = await opened.page.evaluate(async () => {
      const { createWorkerClassifier, SerError } = window.workerRuntime;
      const describe = (error: unknown) =>
        error instanceof SerError ? `${error.code} ${error.message}` : `untyped ${error}`;
      const options = { wasmUrl: window.wasmUrl };
      const startWorker = (url: string) => ({ worker: new Worker(url, { type: 'module' }) });
      const missing = () => startWorker('nowhere.js');
      const forbidden = () => startWorker('data:text/javascript,');
      const found = [
        await createWorkerClassifier('nowhere.onnx', options).catch(describe),
        await createWorkerClassifier('pcm16.wav', options).catch(describe),
        await createWorkerClassifier('model.onnx', { ...options, threads: 0 }).catch(describe),
        await createWorkerClassifier('model.onnx', { ...options, ...missing() }).catch(describe),
        await createWorkerClassifier('model.onnx', { ...options, ...forbidden() }).catch(describe),
      ];
      return found.map(String);
    });
    expect(failures[0]).toMatch(/^FILE_NOT_FOUND http.*nowhere\.onnx: The server answered with/);
    expect(failures[1]).toMatch(/^MODEL_INVALID/);
    expect(failures[2]).toMatch(/^INVALID_ARGUMENT threads is 0/);
    expect(failures[3]).toMatch(/^RUNTIME_UNAVAILABLE The worker could not be started/);
    expect(failures[4]).toMatch(/^RUNTIME_UNAVAILABLE The worker could not be started/);
  });
});
