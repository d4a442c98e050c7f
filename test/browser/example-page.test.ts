import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClassifier } from '@ser/runtime';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { root } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { launchChromium } from './launch-chromium.ts';
import { serveFolder } from './serve-folder.ts';

const fixtures = join(root, 'packages/runtime/test/fixtures');
const modelPath = join(fixtures, 'tiny-model.onnx');
const clipPath = join(fixtures, 'clips/mono.flac');
const folder = makeTemporaryFolder();

/** The worker is split into files, for which Vite asks for the format of ES modules. */
it.each([
  ['web', {}],
  ['web-worker', { worker: { format: 'es' as const } }],
])(
  'the example page %s predicts what Node predicts',
  { timeout: 120_000 },
  async (name, config) => {
    const outDir = join(folder, name);
    mkdirSync(outDir);
    await build({
      ...config,
      root: join(root, 'examples', name),
      base: './',
      logLevel: 'error',
      build: { outDir, emptyOutDir: true, target: 'es2022' },
    });
    copyFileSync(modelPath, join(outDir, 'model.onnx'));
    const server = await serveFolder(outDir, '/');
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.locator('input:enabled').setInputFiles(clipPath);
      await page.locator('output:not(:empty)').waitFor();
      const classifier = await createClassifier(modelPath);
      const { label, confidence } = await classifier.predict(clipPath);
      await classifier.dispose();
      const shown = await page.locator('output').textContent();
      expect(shown).toContain(`${label} (${confidence.toFixed(2)})`);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);
