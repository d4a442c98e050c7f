import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFrontEnd } from '../src/core/index.ts';
import { type Classifier, createClassifier, type FeatureMatrix } from '../src/node.ts';
import { catchSerError, createRandom, fixturePath, readJsonFixture } from './fixtures.ts';
import { synthesiseVoice } from './synthetic-voice.ts';

/** What Python's transformers and onnxruntime make of the same input. */
const expected = readJsonFixture<{
  waveform: {
    lengths: number[];
    firstSamples: number[][];
    probabilities: number[][];
    embedding: number[][];
    long: { length: number; pieces: number; probabilities: number[]; embedding: number[] };
  };
  single: { frames: number[]; probabilities: number[][]; embedding: number[][] };
}>('encoder-models.expected.json');
const rate = 16_000;
const models = ['tiny-waveform.onnx', 'tiny-single.onnx'] as const;

const classifiers = new Map<string, Classifier>();
beforeAll(async () => {
  for (const name of models) classifiers.set(name, await createClassifier(fixturePath(name)));
});
afterAll(async () => {
  for (const classifier of classifiers.values()) await classifier.dispose();
});
const get = (name: (typeof models)[number]) => classifiers.get(name)!;

/** The generator of the expected numbers makes the same samples. */
function makeClip(index: number, length: number) {
  const samples = Float32Array.from(
    { length },
    (_, n) => 0.3 * Math.sin(n / (20 + 3 * index) + (n * n) / 4e7) + 0.05,
  );
  return { samples, sampleRateHz: rate };
}

/** A talk with pauses, which is long enough for several windows. */
function makeTalk(durationSec: number) {
  const samples = new Float32Array(durationSec * rate);
  for (let startSec = 1; startSec + 4 < durationSec; startSec += 6) {
    samples.set(synthesiseVoice(3.5, rate), startSec * rate);
  }
  return { samples, sampleRateHz: rate };
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, within: number): void {
  expect(found.length).toBe(wanted.length);
  const differences = Array.from(wanted, (value, at) => Math.abs(found[at]! - value));
  expect(Math.max(...differences)).toBeLessThan(within);
}

const toRow = (probabilities: Record<string, number>) => Object.values(probabilities);
const { waveform, single } = expected;
const clips = waveform.lengths.map((length, index) => makeClip(index, length));

describe('a model that takes the waveform', () => {
  it('is given what transformers prepares, in one column named waveform', async () => {
    const classifier = get('tiny-waveform.onnx');
    expect(classifier.featureNames).toEqual(['waveform']);
    for (const [index, clip] of clips.entries()) {
      const { data, frames, features } = await classifier.features(clip);
      expect([frames, features]).toEqual([clip.samples.length + rate / 4, 1]);
      expectClose(data.subarray(0, 4), waveform.firstSamples[index]!, 1e-5);
      expect(data.subarray(clip.samples.length).every((sample) => sample === 0)).toBe(true);
      expect(data.buffer).not.toBe(clip.samples.buffer);
    }
  });

  it('answers as Python does, in a batch and alone', async () => {
    const classifier = get('tiny-waveform.onnx');
    const outcomes = await classifier.predictBatch(clips);
    for (const [index, clip] of clips.entries()) {
      const outcome = outcomes[index]!;
      if (!outcome.ok) throw outcome.error;
      const together = toRow(outcome.prediction.probabilities);
      expectClose(together, waveform.probabilities[index]!, 1e-5);
      const alone = await classifier.predict(clip);
      expectClose(toRow(alone.probabilities), together, 1e-6);
      expectClose(await classifier.embedding(clip), waveform.embedding[index]!, 1e-5);
    }
  });

  it('judges what its encoder cannot take at once in pieces, by their length', async () => {
    const classifier = get('tiny-waveform.onnx');
    const { length, pieces, probabilities, embedding } = waveform.long;
    expect(pieces).toBe(4);
    const clip = makeClip(5, length);
    expectClose(toRow((await classifier.predict(clip)).probabilities), probabilities, 1e-5);
    expectClose(await classifier.embedding(clip), embedding, 1e-5);
  });

  it('hears a clip slower and faster as its samples at another speed', async () => {
    const config = get('tiny-waveform.onnx').manifest.frontEnd;
    const frontEnd = await createFrontEnd(config);
    const [faster, same] = frontEnd.processAtSpeeds(clips[0]!, [1.25, 1]);
    expect(same).toEqual(frontEnd.process(clips[0]!));
    expect(faster!.frames).toBe(rate / 1.25 + rate / 4);
  });
});

/** Row i, column j is sin(i / 5 + j) * 100, as in the generator. */
function buildMatrix(frames: number, firstRow: number): FeatureMatrix {
  const features = 20;
  const data = Float32Array.from(
    { length: frames * features },
    (_, at) => Math.sin((Math.floor(at / features) + firstRow) / 5 + (at % features)) * 100,
  );
  return { data, frames, features };
}

describe('a model that takes one clip at a time', () => {
  const matrices = single.frames.map((frames, index) => buildMatrix(frames, 10 * index));

  it('answers as Python does, though nothing in it tells padding from sound', async () => {
    const rows = await get('tiny-single.onnx').predictFeatures(matrices);
    for (const [index, row] of rows.entries()) expectClose(row, single.probabilities[index]!, 1e-6);
  });

  it('has zeros behind the levelled clip', async () => {
    const classifier = get('tiny-single.onnx');
    const { padEndSec, ...config } = classifier.manifest.frontEnd;
    expect(padEndSec).toBe(0.5);
    const [padding, plain] = [classifier.manifest.frontEnd, { ...config, trim: null }];
    const clip = makeClip(0, rate);
    const mean = clip.samples.reduce((sum, sample) => sum + sample, 0) / rate;
    const centred = clip.samples.map((sample) => sample - mean);
    const padded = new Float32Array(1.5 * rate);
    // Decibels of full scale are those of the mean square.
    const power = centred.reduce((sum, sample) => sum + sample ** 2, 0) / rate;
    padded.set(centred.map((sample) => sample * Math.sqrt(1e-3 / power)));
    const { levelDb, ...unlevelled } = plain;
    expect(levelDb).toBe(-30);
    const reference = (await createFrontEnd(unlevelled)).process({
      samples: padded,
      sampleRateHz: rate,
    });
    const frontEnd = await createFrontEnd(padding);
    for (const matrix of [frontEnd.process(clip), frontEnd.processWindow(clip)]) {
      expect(matrix.frames).toBe(reference.frames);
      expectClose(matrix.data, reference.data, 1e-3);
    }
  });
});

describe.each(models)('%s, an encoder and a head', { timeout: 60_000 }, (name) => {
  it('gives many clips of unequal length the same together and alone', async () => {
    const random = createRandom(7);
    const many = Array.from({ length: 40 }, (_, index) => makeClip(index, 800 + random(60_000)));
    const outcomes = await get(name).predictBatch(many);
    for (const index of [0, 7, 13, 31, 32, 39]) {
      const outcome = outcomes[index]!;
      if (!outcome.ok) throw outcome.error;
      const alone = await get(name).predict(many[index]!);
      expectClose(toRow(outcome.prediction.probabilities), toRow(alone.probabilities), 1e-6);
    }
  });

  it('judges windows of a recording as it judges their samples, and tells silence', async () => {
    const clip = makeTalk(20);
    const windows = [];
    const options = { windowSec: 2, hopSec: 0.5, speechCheck: false };
    for await (const window of get(name).timeline(clip, options)) {
      windows.push(window);
    }
    expect(windows).toHaveLength(37);
    const isSilent = windows.map(({ prediction }) => prediction === null);
    expect(isSilent).toContain(true);
    expect(isSilent[0]).toBe(false);
    const frontEnd = await createFrontEnd(get(name).manifest.frontEnd);
    for (const index of [2, 15, 28]) {
      const { startSec, endSec, prediction } = windows[index]!;
      const samples = clip.samples.subarray(startSec * rate, endSec * rate);
      const matrix = frontEnd.processWindow({ samples, sampleRateHz: rate });
      const [alone] = await get(name).predictFeatures([matrix]);
      expectClose(toRow(prediction!.probabilities), alone!, 1e-6);
    }
  });

  it('finds segments, and follows a live signal however it is cut', async () => {
    const clip = makeTalk(14);
    const segments = [];
    for await (const segment of get(name).segments(clip)) segments.push(segment);
    expect(segments.length).toBeGreaterThanOrEqual(2);
    const follow = async (chunkLength: number) => {
      const stream = await get(name).stream({ sampleRateHz: rate });
      const updates = [];
      for (let start = 0; start < clip.samples.length; start += chunkLength) {
        updates.push(...(await stream.push(clip.samples.subarray(start, start + chunkLength))));
      }
      return updates;
    };
    const updates = await follow(clip.samples.length);
    expect(updates.some(({ prediction }) => prediction)).toBe(true);
    const inChunks = await follow(1237);
    expect(inChunks).toHaveLength(updates.length);
    for (const [index, { prediction }] of inChunks.entries()) {
      const whole = updates[index]!.prediction;
      expect(prediction?.label).toBe(whole?.label);
      if (!prediction) continue;
      expectClose(toRow(prediction.probabilities), toRow(whole!.probabilities), 1e-6);
    }
  });

  it('judges ten minutes, and embeds them', async () => {
    const clip = makeClip(3, 600 * rate);
    const { probabilities } = await get(name).predict(clip);
    const sum = toRow(probabilities).reduce((total, value) => total + value);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
    const embedding = await get(name).embedding(clip);
    expect(embedding.every(Number.isFinite)).toBe(true);
  });

  it('refuses silence, stops at the signal and ends with its disposal', async () => {
    const silence = { samples: new Float32Array(rate), sampleRateHz: rate };
    const classifier = await createClassifier(fixturePath(name));
    for (const ask of ['predict', 'embedding'] as const) {
      expect((await catchSerError(() => classifier[ask](silence))).code).toBe('AUDIO_SILENT');
      const signal = AbortSignal.abort();
      const stopped = await catchSerError(() => classifier[ask](clips[0]!, { signal }));
      expect(stopped.code).toBe('ABORTED');
    }
    const matrix = await classifier.features(clips[2]!);
    const long = await classifier.features(makeClip(1, 300 * rate));
    const running = classifier.predictFeatures([matrix]);
    const pieces = catchSerError(() => classifier.predictFeatures([long]));
    await classifier.dispose();
    expect((await running)[0]).toHaveLength(4);
    expect((await pieces).code).toBe('DISPOSED');
    for (const ask of ['predict', 'embedding'] as const) {
      expect((await catchSerError(() => classifier[ask](clips[0]!))).code).toBe('DISPOSED');
    }
  });
});

it('tells what a model computes on', () => {
  expect(get('tiny-single.onnx').device).toEqual({ kind: 'cpu', fallbackReason: null });
});

it('says that a model without an encoder has no embedding', async () => {
  const classifier = await createClassifier(fixturePath('tiny-model.onnx'));
  const error = await catchSerError(() => classifier.embedding(clips[0]!));
  await classifier.dispose();
  expect(error).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message:
      'The model tiny test model has no embedding; only one with an encoder in its manifest gives any.',
  });
});
