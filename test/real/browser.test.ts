import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Classifier, createClassifier, type Prediction } from '@ser/runtime';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelPath, root } from '../browser/clips.ts';
import { launchChromium } from '../browser/launch-chromium.ts';
import { type FolderServer, serveFolder } from '../browser/serve-folder.ts';
import { pickClips } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const tolerance = 1e-5;
const clips = [
  ...pickClips('ravdess', 14),
  ...pickClips('emodb', 12),
  ...pickClips('crema-d', 10),
  ...pickClips('ravdess-original', 4),
];

describe('the browser on 40 real clips', () => {
  const folder = makeTemporaryFolder();
  let server: FolderServer;
  let browser: Browser;
  let page: Page;
  let classifier: Classifier;

  beforeAll(async () => {
    await build({
      root: join(root, 'test/browser/worker-page'),
      base: './',
      configFile: false,
      logLevel: 'error',
      worker: { format: 'es' },
      build: { outDir: folder, emptyOutDir: true, rollupOptions: { onwarn: () => {} } },
    });
    cpSync(modelPath, join(folder, 'model.onnx'));
    for (const [index, path] of clips.entries()) cpSync(path, join(folder, `clip-${index}`));
    server = await serveFolder(folder, '/');
    classifier = await createClassifier(modelPath);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'workerRuntime' in window);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await classifier?.dispose();
  });

  it('gives the probabilities that Node gives, one at a time and in a batch', async () => {
    expect(clips).toHaveLength(40);
    const found = await page.evaluate(async (count) => {
      const names = Array.from({ length: count }, (_, index) => `clip-${index}`);
      const classifier = await window.workerRuntime.createWorkerClassifier('model.onnx', {
        wasmUrl: window.wasmUrl,
      });
      const alone: Prediction[] = [];
      for (const name of names) alone.push(await classifier.predict(name));
      const batch = await classifier.predictBatch(names);
      await classifier.dispose();
      return { alone, batch };
    }, clips.length);
    for (const [index, path] of clips.entries()) {
      const expected = await classifier.predict(path);
      const outcome = found.batch[index]!;
      if (!outcome.ok) throw outcome.error;
      for (const { label, probabilities, durationSec } of [
        found.alone[index]!,
        outcome.prediction,
      ]) {
        expect(label).toBe(expected.label);
        expect(durationSec).toBe(expected.durationSec);
        for (const [name, value] of Object.entries(expected.probabilities)) {
          expect(Math.abs(probabilities[name]! - value), path).toBeLessThan(tolerance);
        }
      }
    }
  });
});
