import { join } from 'node:path';
import { type Classifier, createClassifier, type Device } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipPath, root } from './clips.ts';
import { openTestPage, underTheirNames } from './open-test-page.ts';

const models = ['tiny-model.onnx', 'tiny-waveform.onnx', 'tiny-single.onnx'];
const locateModel = (name: string) => join(root, 'packages/runtime/test/fixtures', name);
const files = {
  ...underTheirNames(models, locateModel),
  ...underTheirNames(['mono.flac'], clipPath),
};

type WantedDevice = 'wasm' | 'webgpu' | 'auto';

/** What a model in the page says of clips, on the device that is asked for. */
async function judgeInPage({ device, models }: { device: WantedDevice; models: string[] }) {
  const found = [];
  for (const model of models) {
    const { wasmUrl, webgpuWasmUrl } = window;
    const options = { device, wasmUrl, webgpuWasmUrl };
    const classifier = await window.runtime.createClassifier(model, options);
    // Longer than either encoder takes at once; longClip is the same.
    const samples = Float32Array.from(
      { length: 640_000 },
      (_, n) => 0.3 * Math.sin(n / 20 + (n * n) / 4e7) + 0.05,
    );
    const clip = { samples, sampleRateHz: 16_000 };
    const outcomes = await classifier.predictBatch(['mono.flac', clip, 'mono.flac']);
    found.push({
      device: classifier.device,
      rows: outcomes.map((outcome) => {
        if (!outcome.ok) throw outcome.error;
        return Object.values(outcome.prediction.probabilities);
      }),
      embedding: classifier.manifest.encoder ? [...(await classifier.embedding(clip))] : [],
    });
    await classifier.dispose();
  }
  return found;
}

type Found = Awaited<ReturnType<typeof judgeInPage>>;

const longClip = {
  samples: Float32Array.from(
    { length: 640_000 },
    (_, n) => 0.3 * Math.sin(n / 20 + (n * n) / 4e7) + 0.05,
  ),
  sampleRateHz: 16_000,
};
const classifiers: Classifier[] = [];
beforeAll(async () => {
  for (const name of models) classifiers.push(await createClassifier(locateModel(name)));
});
afterAll(async () => {
  for (const classifier of classifiers) await classifier.dispose();
});

async function expectAsInNode(found: Found, device: Device, within: number): Promise<void> {
  expect(found).toHaveLength(models.length);
  for (const [index, { rows, embedding, ...rest }] of found.entries()) {
    const classifier = classifiers[index]!;
    expect(rest.device).toEqual(device);
    const short = await classifier.predict(clipPath('mono.flac'));
    const wanted = [short, await classifier.predict(longClip)];
    for (const [at, row] of rows.entries()) {
      expectClose(row, Object.values(wanted[at % 2]!.probabilities), within);
    }
    const vector = classifier.manifest.encoder ? await classifier.embedding(longClip) : [];
    expectClose(embedding, vector, within);
  }
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, within: number): void {
  expect(found.length).toBe(wanted.length);
  Array.from(wanted, (value, at) => expect(Math.abs(found[at]! - value)).toBeLessThan(within));
}

describe('models with an encoder, in a page without a graphics processor', () => {
  const opened = openTestPage('plain-page', { files, ready: 'runtime' });
  const judge = (device: WantedDevice) => opened.page.evaluate(judgeInPage, { device, models });

  it('answer as in Node, long clips in pieces too, and nothing of WebGPU is downloaded', async () => {
    const paths: string[] = [];
    const listen = (request: { url(): string }) => paths.push(request.url());
    opened.page.on('request', listen);
    const device = { kind: 'wasm', fallbackReason: null } as const;
    await expectAsInNode(await judge('wasm'), device, 1e-5);
    opened.page.off('request', listen);
    expect(paths.some((path) => /simd-threaded-.*\.wasm$/.test(path))).toBe(true);
    expect(paths.filter((path) => /webgpu|asyncify/.test(path))).toEqual([]);
  });

  it('run on the processor where either will do, which the classifier tells', async () => {
    const fallbackReason =
      'The model cannot run on the graphics processor: WebGPU has no graphics processor.';
    await expectAsInNode(await judge('auto'), { kind: 'wasm', fallbackReason }, 1e-5);
  });

  it('do not run where the graphics processor must', async () => {
    const failures = await opened.page.evaluate(async () => {
      const { createClassifier, SerError } = window.runtime;
      const describe = (error: unknown) =>
        error instanceof SerError ? `${error.code} ${error.message}` : `untyped ${error}`;
      return Promise.all(
        ['webgpu', 'gpu'].map((device) =>
          createClassifier('tiny-single.onnx', { device } as { device: 'webgpu' }).catch(describe),
        ),
      );
    });
    expect(failures).toEqual([
      'RUNTIME_UNAVAILABLE The model cannot run on the graphics processor: WebGPU has no graphics processor.',
      'INVALID_ARGUMENT device is "gpu"; it must be wasm or webgpu or auto.',
    ]);
  });
});

/** Chromium computes WebGPU by the processor here: other hardware, the same kernels. */
describe('models with an encoder, in a page with WebGPU', () => {
  const opened = openTestPage('plain-page', {
    files,
    ready: 'runtime',
    switches: [
      '--enable-unsafe-swiftshader',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    ],
  });

  const judge = (device: WantedDevice, which: string[]) =>
    opened.page.evaluate(judgeInPage, { device, models: which });

  it('answer on it as in Node, within its arithmetic', { timeout: 180_000 }, async () => {
    const found = await judge('webgpu', models);
    await expectAsInNode(found, { kind: 'webgpu', fallbackReason: null }, 1e-3);
  });

  it('do not take it by themselves where it is but the processor', async () => {
    const [found] = await judge('auto', models.slice(-1));
    expect(found!.device).toEqual({
      kind: 'wasm',
      fallbackReason:
        'The model cannot run on the graphics processor: WebGPU is computed by the processor, which is slower than WebAssembly.',
    });
  });
});
