import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Classifier, createClassifier } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatorNames, makeSignal } from '../../bench/no-speech/signals.ts';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { readSerJson, readSerOutput, root, runSer } from '../support/run-ser.ts';
import { ServeProcess } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const rate = 16_000;
const hiss = makeSignal('pink noise', 0);
const noise = encodeFloatWav(hiss.samples, hiss.sampleRateHz);
const voice = encodeFloatWav(synthesiseVoice(2, rate), rate);
const noisePath = join(folder, 'noise.wav');
const voicePath = join(folder, 'voice.wav');
const unheard = {
  label: null,
  confidence: 0,
  uncertain: { reason: 'no-speech', message: 'No speech is heard in the clip.' },
};

let classifier: Classifier;
beforeAll(async () => {
  writeFileSync(noisePath, noise);
  writeFileSync(voicePath, voice);
  classifier = await createClassifier(join(root, 'models/model.onnx'));
});
afterAll(() => classifier.dispose());

describe('a clip without speech', () => {
  it('has no label, whatever sounds', { timeout: 120_000 }, async () => {
    const signals = generatorNames.map((generator) => makeSignal(generator, 0));
    const labelled: string[] = [];
    for (const [at, outcome] of (await classifier.predictBatch(signals)).entries()) {
      if (!outcome.ok) expect(outcome.error.code).toBe('AUDIO_SILENT');
      else if (outcome.prediction.label !== null) labelled.push(signals[at]!.name);
      else expect(outcome.prediction).toMatchObject(unheard);
    }
    expect(labelled).toEqual([]);
  });

  it('has none alone, with its probabilities all the same', async () => {
    const prediction = await classifier.predict(noise);
    expect(prediction).toMatchObject(unheard);
    const sum = Object.values(prediction.probabilities).reduce((total, value) => total + value);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('has one where the check is switched off', async () => {
    const options = { speechCheck: false };
    const alone = await classifier.predict(noise, options);
    const [outcome] = await classifier.predictBatch([noise], options);
    expect(outcome).toEqual({ ok: true, prediction: alone });
    const { label, confidence, probabilities } = alone;
    expect(label).toBeOneOf([...classifier.labels]);
    expect(probabilities[label!]).toBe(confidence);
  });

  it('has windows without a label, no segments and quiet updates', async () => {
    const windows = [];
    for await (const { prediction } of classifier.timeline(noise)) windows.push(prediction);
    expect(new Set(windows)).toEqual(new Set([null]));
    const judged = [];
    const unchecked = { speechCheck: false };
    for await (const { prediction } of classifier.timeline(noise, unchecked)) {
      judged.push(prediction?.label);
    }
    expect(judged).not.toContain(undefined);
    const segments = [];
    for await (const segment of classifier.segments(noise)) segments.push(segment);
    expect(segments).toEqual([]);
    const stream = await classifier.stream({ sampleRateHz: hiss.sampleRateHz });
    const updates = await stream.push(hiss.samples);
    expect(updates.length).toBeGreaterThan(0);
    expect(updates.every(({ prediction }) => prediction === null)).toBe(true);
  });

  it('keeps a clip with a short sentence in a long noise', async () => {
    const samples = hiss.samples.map((sample) => 0.02 * sample);
    const long = new Float32Array(20 * hiss.sampleRateHz).map(
      (_, at) => samples[at % samples.length]!,
    );
    long.set(synthesiseVoice(1, hiss.sampleRateHz), 12 * hiss.sampleRateHz);
    const clip = { samples: long, sampleRateHz: hiss.sampleRateHz };
    expect((await classifier.predict(clip)).uncertain?.reason).not.toBe('no-speech');
  });
});

describe('ser predict', () => {
  const clips = [noisePath, voicePath];

  it('says so in text', async () => {
    const { stdout, exitCode } = await runSer(['predict', ...clips]);
    expect(exitCode).toBe(0);
    const [first, second] = stdout.split('\n');
    expect(first).toBe(`No speech heard  ${noisePath}`);
    expect(second).toMatch(/^Predicted Emotion: \w+ /);
    expect(await readSerOutput(['predict', noisePath, '--top', '3'])).toBe('No speech heard\n');
    const unchecked = await readSerOutput(['predict', noisePath, '--no-speech-check']);
    expect(unchecked).toMatch(/^Predicted Emotion: \w+ /);
  });

  it('says so in CSV, JSON and JSON lines', async () => {
    const [header, row] = (await readSerOutput(['predict', noisePath, '--format', 'csv'])).split(
      '\n',
    );
    const columns = header!.split(',');
    const fields = row!.split(',');
    const read = (name: string) => fields[columns.indexOf(name)];
    expect(['label', 'confidence', 'uncertain', 'error'].map(read)).toEqual([
      ...['', '', 'no-speech', ''],
    ]);
    expect(Number(read('sad'))).toBeGreaterThan(0);
    const top = await readSerOutput(['predict', noisePath, '--format', 'csv', '--top', '2']);
    expect(top.split('\n')[1]).toBe(`${noisePath},,,,,no-speech,`);
    const [entry] = await readSerJson<object[]>(['predict', noisePath, '--json']);
    expect(entry).toMatchObject({ file: noisePath, ...unheard });
    const line = await readSerOutput(['predict', noisePath, '--format', 'jsonl']);
    expect(JSON.parse(line)).toEqual(entry);
  });

  it('refuses to switch the check off in a timeline', async () => {
    const args = ['predict', voicePath, '--timeline', '--no-speech-check'];
    const { exitCode, stderr } = await runSer(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--no-speech-check does not go with --timeline');
  });
});

describe('ser serve', () => {
  let server: ServeProcess;
  beforeAll(async () => {
    server = await ServeProcess.start(['--workers', '1']);
  });
  afterAll(() => server.stop());

  it('has no label for it', async () => {
    const { status, body } = await server.post('/v1/predict', noise);
    expect(status).toBe(200);
    expect(body).toMatchObject(unheard);
    const form = new FormData();
    form.append('file', new Blob([noise]), 'noise.wav');
    const answer = await server.post('/v1/predict', form);
    expect(answer.body.results[0].prediction).toEqual(body);
  });

  it('switches the check off where that is asked for', async () => {
    const { body } = await server.post('/v1/predict?speechCheck=false', noise);
    expect(body.label).toEqual(expect.any(String));
    const refused = await server.post('/v1/predict?speechCheck=no', noise);
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain('speechCheck');
  });

  it('describes both', async () => {
    const description = await (await fetch(`${server.url}/openapi.json`)).json();
    const { parameters } = description.paths['/v1/predict'].post;
    expect(parameters.map(({ name }: { name: string }) => name)).toContain('speechCheck');
    const { label, uncertain } = description.components.schemas.Prediction.properties;
    expect(JSON.stringify(label)).toContain('null');
    expect(JSON.stringify(uncertain)).toContain('no-speech');
  });

  it('answers `ser predict --server` alike', async () => {
    const [entry] = await readSerJson<object[]>([
      ...['predict', noisePath, '--json', '--server', server.url],
    ]);
    expect(entry).toMatchObject({ file: noisePath, ...unheard });
    const unchecked = await readSerOutput([
      ...['predict', noisePath, '--no-speech-check', '--server', server.url],
    ]);
    expect(unchecked).toMatch(/^Predicted Emotion: \w+ /);
  });
});
