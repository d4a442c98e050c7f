import { createClassifier } from '@ser/runtime';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServeProcess, tinyModelPath } from '../support/serve-process.ts';
import { clipPath } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import { chooseFiles, save, watch } from './web-demo/demo-site.ts';

let server: ServeProcess;
let browser: Browser;

beforeAll(async () => {
  server = await ServeProcess.start(['--workers', '1']);
  browser = await launchChromium();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

it('`ser serve` shows a web demo that predicts with the model that is served, and asks no other host', async () => {
  const context = await browser.newContext();
  const offences = watch(context, server.url);
  const page = await context.newPage();
  await page.goto(server.url);
  await chooseFiles(page, [clipPath('mono.flac'), clipPath('pcm16.wav')]);
  await page.getByRole('button', { name: 'Compare' }).click();
  const [clip] = JSON.parse(String((await save(page, 'JSON')).bytes));
  const classifier = await createClassifier(tinyModelPath);
  const { label, probabilities } = await classifier.predict(clipPath('mono.flac'));
  await classifier.dispose();
  expect(clip.label).toBe(label);
  for (const [name, value] of Object.entries(probabilities)) {
    expect(Math.abs(clip.probabilities[name] - value)).toBeLessThan(1e-5);
  }
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  expect(await page.locator('.model-name').allTextContents()).toEqual(['tiny test model']);
  expect(offences).toEqual({ complaints: [], foreignRequests: [] });
});

it('`ser serve` shows its interface on a page without scripts', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const offences = watch(context, server.url);
  const page = await context.newPage();
  await page.goto(`${server.url}/docs`);
  await expect(page.getByRole('heading', { name: 'POST /v1/predict' }).count()).resolves.toBe(1);
  if (process.env.SER_PICTURES)
    await page.screenshot({ path: process.env.SER_PICTURES, fullPage: true });
  expect(offences).toEqual({ complaints: [], foreignRequests: [] });
});
