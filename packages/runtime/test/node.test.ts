import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelFile } from '../src/core/index.ts';
import {
  type Classifier,
  createClassifier,
  type FeatureMatrix,
  loadClip,
  onnxRuntimeVersion,
  SerError,
} from '../src/node.ts';
import {
  buildModel,
  catchSerError,
  createRandom,
  fixturePath,
  mutate,
  readFixture,
  readJsonFixture,
} from './fixtures.ts';

const modelPath = fixturePath('tiny-model.onnx');
const columns = 52;
const expected = readJsonFixture<{ lengths: number[]; probabilities: number[][] }>(
  'tiny-model.expected.json',
);
const clipNames = ['pcm16.wav', 'flac16.flac', 'stereo.mp3', 'stereo.ogg', 'stereo.opus'];
const clipPaths = clipNames.map((name) => fixturePath(`clips/${name}`));

let classifier: Classifier;
beforeAll(async () => {
  classifier = await createClassifier(modelPath);
});
afterAll(() => classifier.dispose());

/** Row i, column j is sin(i / 5 + j) * 100; the generator of the expected numbers says the same. */
function buildMatrix(frames: number, firstRow: number): FeatureMatrix {
  const data = Float32Array.from(
    { length: frames * columns },
    (_, place) => Math.sin((Math.floor(place / columns) + firstRow) / 5 + (place % columns)) * 100,
  );
  return { data, frames, features: columns };
}

const matrices = expected.lengths.map((frames, index) => buildMatrix(frames, 10 * index));

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));
}

describe('predictFeatures', () => {
  it('agrees with Python onnxruntime', async () => {
    const rows = await classifier.predictFeatures(matrices);
    rows.forEach((row, index) => {
      expect(largestDifference(row, expected.probabilities[index]!)).toBeLessThan(1e-6);
    });
  });

  it('gives a clip the same alone and padded in a batch', async () => {
    const together = await classifier.predictFeatures(matrices);
    for (const [index, matrix] of matrices.entries()) {
      const [alone] = await classifier.predictFeatures([matrix]);
      expect(largestDifference(alone!, together[index]!)).toBeLessThan(1e-6);
    }
  });

  it('keeps the order of more matrices than one run takes', async () => {
    const random = createRandom(4);
    const many = Array.from({ length: 150 }, (_, index) => buildMatrix(1 + random(60), index));
    const rows = await classifier.predictFeatures(many);
    for (const index of [0, 1, 31, 32, 75, 149]) {
      const [alone] = await classifier.predictFeatures([many[index]!]);
      expect(largestDifference(alone!, rows[index]!)).toBeLessThan(1e-6);
    }
  });

  it('gives nothing for nothing', async () => {
    expect(await classifier.predictFeatures([])).toEqual([]);
  });

  it('refuses a matrix of another width, or without its data', async () => {
    const wide = { data: new Float32Array(53), frames: 1, features: 53 };
    const error = await catchSerError(() => classifier.predictFeatures([matrices[0]!, wide]));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toBe('matrices[1] has 53 features; the model takes 52.');
    for (const frames of [0, 2, 0.5]) {
      const torn = { data: new Float32Array(columns), frames, features: columns };
      expect((await catchSerError(() => classifier.predictFeatures([torn]))).code).toBe(
        'INVALID_ARGUMENT',
      );
    }
  });
});

describe('predict', () => {
  it('gives a label, its confidence and all probabilities', async () => {
    const prediction = await classifier.predict(clipPaths[0]!, { speechCheck: false });
    expect(Object.keys(prediction.probabilities)).toEqual(classifier.labels);
    expect(prediction.confidence).toBe(Math.max(...Object.values(prediction.probabilities)));
    expect(prediction.probabilities[prediction.label!]).toBe(prediction.confidence);
    const sum = Object.values(prediction.probabilities).reduce((a, b) => a + b);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
    expect(prediction.durationSec).toBeCloseTo(0.3, 3);
  });

  it('takes audio in every form with the same result', async () => {
    const path = fixturePath('clips/flac16.flac');
    const bytes = readFixture('clips/flac16.flac');
    const reference = await classifier.predict(path);
    const server = createServer((_, response) => response.end(bytes));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const forms = [
      pathToFileURL(path),
      new URL(`http://127.0.0.1:${address.port}/clip`),
      bytes,
      bytes.buffer as ArrayBuffer,
      Buffer.from(bytes),
      new Blob([bytes as BlobPart]),
      await loadClip(path),
    ];
    for (const form of forms) expect(await classifier.predict(form)).toEqual(reference);
    server.close();
  });

  it('is right for 50 calls at once', async () => {
    const references = await Promise.all(clipPaths.map((path) => classifier.predict(path)));
    const calls = Array.from({ length: 50 }, (_, index) =>
      classifier.predict(clipPaths[index % 5]!),
    );
    const predictions = await Promise.all(calls);
    predictions.forEach((prediction, index) => {
      expect(prediction).toEqual(references[index % 5]);
    });
  });

  it('names the file in its errors', async () => {
    const missing = await catchSerError(() => classifier.predict('nowhere.wav'));
    expect(missing).toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: 'nowhere.wav: There is no such file.',
    });
    const folder = await catchSerError(() => classifier.predict(fixturePath('clips')));
    expect(folder.code).toBe('FILE_UNREADABLE');
    expect(folder.message).toContain('clips: This is a folder');
    const m4a = await catchSerError(() => classifier.predict(fixturePath('clips/aac.m4a')));
    expect(m4a.message).toContain('aac.m4a: The file is MP4 or M4A with AAC');
    const file = new File([new Uint8Array()], 'mine.wav');
    expect((await catchSerError(() => classifier.predict(file))).message).toContain('mine.wav: ');
  });

  it('refuses what is no audio', async () => {
    for (const value of [undefined, null, 7, {}, []]) {
      const error = await catchSerError(() => classifier.predict(value as never));
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain('it must be a path, a URL');
    }
  });

  it('holds the length limit for decoded samples too', async () => {
    const clip = { samples: new Float32Array(16000).fill(0.1), sampleRateHz: 16000 };
    const error = await catchSerError(() => classifier.predict(clip, { maxDurationSec: 0.5 }));
    expect(error.code).toBe('AUDIO_TOO_LONG');
  });

  it('stops at the signal', async () => {
    const before = await catchSerError(() =>
      classifier.predict(clipPaths[0]!, { signal: AbortSignal.abort() }),
    );
    expect(before.code).toBe('ABORTED');
    const controller = new AbortController();
    const running = classifier.predict(clipPaths[2]!, { signal: controller.signal });
    controller.abort();
    expect((await catchSerError(() => running)).code).toBe('ABORTED');
  });
});

describe('predictBatch', () => {
  it('keeps the order, and a bad clip costs no other its result', async () => {
    const paths = [clipPaths[0]!, 'nowhere.wav', clipPaths[3]!, fixturePath('clips/aac.m4a')];
    const outcomes = await classifier.predictBatch(paths);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, false]);
    expect(outcomes[1]).toMatchObject({ error: { code: 'FILE_NOT_FOUND' } });
    expect(outcomes[3]).toMatchObject({ error: { code: 'AUDIO_UNSUPPORTED' } });
    for (const index of [0, 2]) {
      const alone = await classifier.predict(paths[index]!);
      const outcome = outcomes[index]!;
      if (!outcome.ok) throw outcome.error;
      expect(outcome.prediction.label).toBe(alone.label);
      expect(
        largestDifference(
          Object.values(outcome.prediction.probabilities),
          Object.values(alone.probabilities),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  it('stops at the signal', async () => {
    const stopped = classifier.predictBatch(clipPaths, { signal: AbortSignal.abort() });
    expect((await catchSerError(() => stopped)).code).toBe('ABORTED');
  });
});

describe('timeline', () => {
  const rate = 16000;
  const samples = Float32Array.from({ length: 8.5 * rate }, (_, index) =>
    index < 5 * rate ? 0.3 * Math.sin(index / (10 + index / 9000)) : 0,
  );
  const clip = { samples, sampleRateHz: rate };

  async function collect(options = {}) {
    const windows = [];
    for await (const window of classifier.timeline(clip, { speechCheck: false, ...options })) {
      windows.push(window);
    }
    return windows;
  }

  it('covers the recording to its end, and tells silence', async () => {
    const windows = await collect({ windowSec: 2, hopSec: 1.5 });
    expect(windows.map(({ startSec, endSec }) => [startSec, endSec])).toEqual([
      [0, 2],
      [1.5, 3.5],
      [3, 5],
      [4.5, 6.5],
      [6, 8],
      [6.5, 8.5],
    ]);
    expect(windows.map(({ prediction }) => prediction === null)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('judges a window as predict judges its samples', async () => {
    const windows = await collect({ windowSec: 1, hopSec: 0.1 });
    expect(windows).toHaveLength(76);
    for (const index of [0, 13, 40]) {
      const { startSec, endSec, prediction } = windows[index]!;
      const part = samples.subarray(Math.round(startSec * rate), Math.round(endSec * rate));
      const alone = await classifier.predict({ samples: part, sampleRateHz: rate });
      expect(
        largestDifference(
          Object.values(prediction!.probabilities),
          Object.values(alone.probabilities),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  it('gives a short recording one window', async () => {
    const [window, ...rest] = await collect({ windowSec: 20 });
    expect(window).toMatchObject({ startSec: 0, endSec: 8.5 });
    expect(rest).toEqual([]);
  });

  it('refuses windows that are none, and stops at the signal', async () => {
    const error = await catchSerError(() => collect({ hopSec: 0 }));
    expect(error.message).toBe('hopSec is 0; it must be a number of seconds from 0.05.');
    const controller = new AbortController();
    const stopped = catchSerError(async () => {
      for await (const _ of classifier.timeline(clip, {
        windowSec: 0.1,
        hopSec: 0.05,
        signal: controller.signal,
      })) {
        controller.abort();
      }
    });
    expect((await stopped).code).toBe('ABORTED');
  });
});

describe('createClassifier', () => {
  it('takes a URL and bytes', async () => {
    for (const source of [pathToFileURL(modelPath), readFixture('tiny-model.onnx')]) {
      const other = await createClassifier(source);
      expect(other.labels).toEqual(classifier.labels);
      await other.dispose();
    }
  });

  it('names the model in its errors', async () => {
    const missing = await catchSerError(() => createClassifier('nowhere.onnx'));
    expect(missing.message).toBe('nowhere.onnx: There is no such file.');
    const foreign = await catchSerError(() => createClassifier(fixturePath('no-manifest.onnx')));
    expect(foreign.code).toBe('MODEL_INVALID');
    expect(foreign.message).toContain('no-manifest.onnx: The model is an ONNX file, but not one');
  });

  it('checks the graph against the manifest', async () => {
    const manifest = readModelFile(readFixture('tiny-model.onnx'));
    const fewer = { ...manifest, labels: manifest.labels.slice(1) };
    const output = await catchSerError(() => createClassifier(buildModel(fewer)));
    expect(output.message).toBe(
      "The model's output 'probabilities' is float32 [batch, 4]; its manifest asks for float32 [batch, 3].",
    );
    const features = { sampleRateHz: 16000, sets: ['mfcc'] };
    const narrower = { ...manifest, frontEnd: { ...manifest.frontEnd, features } };
    const input = await catchSerError(() => createClassifier(buildModel(narrower)));
    expect(input.message).toContain("input 'features' is float32 [batch, frames, 52]");
  });

  it('checks the graph against an encoder and a waveform in the manifest', async () => {
    const manifest = readModelFile(readFixture('tiny-model.onnx'));
    const { encoder, frontEnd } = readModelFile(readFixture('tiny-waveform.onnx'));
    const fail = async (more: object) =>
      (await catchSerError(() => createClassifier(buildModel({ ...manifest, ...more })))).message;
    expect(await fail({ encoder })).toBe(
      "The model's output 'embedding' is missing; its manifest asks for float32 [batch, any].",
    );
    expect(await fail({ frontEnd })).toBe(
      "The model's input 'waveform' is missing; its manifest asks for float32 [batch, samples].",
    );
    const bytes = readFixture('tiny-waveform.onnx');
    // No length in the file changes.
    const short = Buffer.from(bytes).toString('latin1').replace(': 48000', ':  4000');
    const error = await catchSerError(() => createClassifier(Buffer.from(short, 'latin1')));
    expect(error.message).toBe(
      "The model's manifest is wrong at encoder.maxFrames: it is 4000; the zeros behind a clip are 4000 already.",
    );
  });

  it('refuses a number of threads that is none', async () => {
    const error = await catchSerError(() => createClassifier(modelPath, { threads: 0 }));
    expect(error.message).toBe('threads is 0; it must be a whole number from 1.');
  });

  it('200 mutants of a model load or give a typed error', async () => {
    const bytes = readFixture('tiny-model.onnx');
    const random = createRandom(31);
    for (let round = 0; round < 200; round++) {
      try {
        const mutant = await createClassifier(mutate(bytes, random));
        await mutant.predictFeatures([matrices[1]!]).catch((error) => {
          if (!(error instanceof SerError)) throw error;
        });
        await mutant.dispose();
      } catch (error) {
        if (!(error instanceof SerError)) throw error;
      }
    }
  }, 60_000);
});

describe('dispose', () => {
  it('waits for running predictions, and may be called twice', async () => {
    const other = await createClassifier(modelPath);
    const running = other.predictFeatures([buildMatrix(5000, 0)]);
    await other.dispose();
    await other.dispose();
    expect((await running)[0]).toHaveLength(4);
    const late = await catchSerError(() => other.predict(clipPaths[0]!));
    expect(late.code).toBe('DISPOSED');
  });
});

describe('loadClip', () => {
  it('names the file in its errors', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ser-'));
    const path = join(directory, 'cut.wav');
    writeFileSync(path, readFixture('clips/pcm16.wav').slice(0, 1000));
    const error = await catchSerError(() => loadClip(path));
    expect(error.code).toBe('AUDIO_DECODE_FAILED');
    expect(error.message.startsWith(`${path}: `)).toBe(true);
    rmSync(directory, { recursive: true });
  });
});

it('tells the version of onnxruntime', async () => {
  expect(await onnxRuntimeVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});
