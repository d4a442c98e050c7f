import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Classifier, createClassifier, type Prediction } from '@ser/runtime';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import { installPacked } from '../support/packed-consumer.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { clipPath, modelPath, root } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import { serveFolder } from './serve-folder.ts';

const clip = 'stereo.mp3';
const html =
  '<!doctype html><title>A consumer</title><script type="module" src="./main.js"></script>';

/** What an app does with the package: predicts in the page and in a worker, at its own wasm path. */
function writeApp(runtime: string, worker: string): string {
  return `
    import { createClassifier } from '${runtime}';
    import { createWorkerClassifier } from '${worker}';
    const at = (name) => new URL(name, document.baseURI);
    window.judge = async (threads) => {
      const options = { wasmUrl: at('wasm/ort.wasm'), speechModelUrl: at('speech.onnx'), threads };
      const found = [];
      for (const create of [createClassifier, createWorkerClassifier]) {
        const classifier = await create(at('model.onnx'), options);
        const prediction = await classifier.predict(at('${clip}'));
        let segments = 0;
        for await (const _ of classifier.segments(at('${clip}'))) segments++;
        await classifier.dispose();
        found.push({ prediction, segments });
      }
      return found;
    };
  `;
}

describe('an app in a browser that has installed the package', () => {
  const folder = makeTemporaryFolder();
  let project: string;
  let browser: Browser;
  let classifier: Classifier;
  let expected: Prediction;

  beforeAll(async () => {
    ({ project } = await installPacked(folder));
    writeFileSync(join(project, 'index.html'), html);
    writeFileSync(join(project, 'main.js'), writeApp('@ser/runtime', '@ser/runtime/worker'));
    classifier = await createClassifier(modelPath);
    expected = await classifier.predict(clipPath(clip));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await classifier?.dispose();
  });

  const builders: Record<string, (target: string) => Promise<void>> = {
    Vite: async (target) => {
      await build({
        root: project,
        base: './',
        configFile: false,
        logLevel: 'error',
        worker: { format: 'es' },
        build: { outDir: target, emptyOutDir: true, rollupOptions: { onwarn: () => {} } },
      });
    },
    webpack: async (target) => {
      writeFileSync(join(target, 'index.html'), html);
      const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
        webpack(
          {
            mode: 'production',
            context: project,
            entry: './main.js',
            output: { path: target, filename: 'main.js' },
            performance: { hints: false },
          },
          (error, stats) => (error ? reject(error) : resolve(stats)),
        );
      });
      expect(stats?.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
        errors: [],
        warnings: [],
      });
    },
    'no bundler': async (target) => {
      const standalone = join(project, 'node_modules/@ser/runtime/dist/standalone');
      cpSync(standalone, join(target, 'ser'), { recursive: true });
      writeFileSync(join(target, 'index.html'), html);
      writeFileSync(join(target, 'main.js'), writeApp('./ser/web.js', './ser/worker.js'));
    },
  };

  describe.each(Object.keys(builders))('with %s', (name) => {
    let target: string;
    beforeAll(async () => {
      target = join(folder, name.replace(' ', '-'));
      mkdirSync(join(target, 'wasm'), { recursive: true });
      await builders[name]!(target);
      mkdirSync(join(target, 'wasm'), { recursive: true });
      const wasm = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
      const speechModel =
        'packages/runtime/node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx';
      cpSync(join(project, wasm), join(target, 'wasm/ort.wasm'));
      cpSync(join(root, speechModel), join(target, 'speech.onnx'));
      cpSync(modelPath, join(target, 'model.onnx'));
      cpSync(clipPath(clip), join(target, clip));
    });

    it.each([
      ['without isolation', false, 1],
      ['with cross-origin isolation and two threads', true, 2],
    ])('works under a strict policy, %s', async (_, isIsolated, threads) => {
      const server = await serveFolder(target, '/app/', { isIsolated });
      const page = await browser.newPage();
      const complaints: string[] = [];
      const paths: string[] = [];
      page.on('console', (message) => {
        if (!message.location().url.endsWith('/favicon.ico')) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => paths.push(new URL(request.url()).pathname));
      try {
        await page.goto(server.url);
        await page.waitForFunction(() => 'judge' in window);
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
        if (name === 'webpack' && threads > 1) {
          const failure = page.evaluate((threads) => window.judge(threads), threads);
          await expect(failure).rejects.toThrow(/threads is 2; in an app that webpack/);
        }
        const usable = name === 'webpack' ? 1 : threads;
        const found = await page.evaluate((threads) => window.judge(threads), usable);
        expect(complaints).toEqual([]);
        expect(found).toHaveLength(2);
        for (const { prediction } of found) {
          expect(prediction.label).toBe(expected.label);
          for (const [label, value] of Object.entries(expected.probabilities)) {
            expect(Math.abs(prediction.probabilities[label]! - value)).toBeLessThan(1e-5);
          }
        }
        expect(found[1]!.segments).toBe(found[0]!.segments);
        const wasmPaths = paths.filter((path) => path.endsWith('.wasm'));
        expect(new Set(wasmPaths)).toEqual(new Set(['/app/wasm/ort.wasm']));
      } finally {
        await page.close();
        await server.close();
      }
    });
  });
});

declare global {
  interface Window {
    judge(threads: number): Promise<{ prediction: Prediction; segments: number }[]>;
  }
}
