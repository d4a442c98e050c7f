import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClassifier } from '@ser/runtime';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { root } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { findChromium } from './find-chromium.ts';
import { serveFolder } from './serve-folder.ts';

const fixtures = join(root, 'packages/runtime/test/fixtures');
const modelPath = join(fixtures, 'tiny-model.onnx');
const clipPath = join(fixtures, 'clips/mono.flac');
const folder = makeTemporaryFolder();

it('the example page, bundled without any setting, predicts what Node predicts', {
  timeout: 120_000,
}, async () => {
  await build({
    root: join(root, 'examples/web'),
    base: './',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  });
  copyFileSync(modelPath, join(folder, 'model.onnx'));
  const server = await serveFolder(folder, '/');
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.locator('input:enabled').setInputFiles(clipPath);
    await page.locator('output:not(:empty)').waitFor();
    const classifier = await createClassifier(modelPath);
    const { label, confidence } = await classifier.predict(clipPath);
    await classifier.dispose();
    expect(await page.locator('output').textContent()).toBe(`${label} (${confidence.toFixed(2)})`);
  } finally {
    await browser.close();
    await server.close();
  }
});
