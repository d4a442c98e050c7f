import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Classifier, createClassifier, type Prediction } from '@ser/runtime';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipPath, modelPath, root } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';

const setUpMs = 120_000;

describe('the web demo in Chromium', () => {
  const complaints: string[] = [];
  const foreignRequests: string[] = [];
  let folder: string;
  let server: FolderServer;
  let browser: Browser;
  let page: Page;
  let classifier: Classifier;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ser-web-demo-'));
    process.env.SER_MODEL = modelPath;
    await build({
      root: join(root, 'apps/web-demo'),
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    });
    server = await serveFolder(folder, '/some/path/');
    classifier = await createClassifier(modelPath);
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.context().on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'blob:' && origin !== new URL(server.url).origin) {
        foreignRequests.push(request.url());
      }
    });
    page.context().on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    await page.goto(server.url);
  }, setUpMs);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await classifier?.dispose();
    if (folder) await rm(folder, { recursive: true });
  });

  async function upload(name: string): Promise<void> {
    await page.setInputFiles('input[type=file]', clipPath(name));
    await page.getByText(`Listening to ${name}`).waitFor({ state: 'hidden' });
  }

  it('loads the model and says what it is', async () => {
    await page.getByText('Ready.').waitFor();
    await page.getByText('About the model').click();
    expect(await page.locator('.facts').textContent()).toContain(classifier.manifest.name);
  });

  it.each([
    'pcm16.wav',
    'float32-extensible.wav',
    'mono.flac',
    'stereo.mp3',
    'stereo.ogg',
    'stereo.opus',
  ])('gives %s the probabilities that Node gives it', async (name) => {
    await upload(name);
    const shown = await page.locator('[data-prediction]').getAttribute('data-prediction');
    const inBrowser = JSON.parse(shown!) as Prediction;
    const inNode = await classifier.predict(clipPath(name));
    expect(inBrowser.label).toBe(inNode.label);
    expect(inBrowser.durationSec).toBe(inNode.durationSec);
    for (const label of classifier.labels) {
      const difference = inBrowser.probabilities[label]! - inNode.probabilities[label]!;
      expect(Math.abs(difference)).toBeLessThan(1e-5);
    }
    expect(await page.locator('.answer-label').textContent()).toBe(inNode.label);
    expect(inBrowser.uncertain).toEqual(inNode.uncertain);
    const doubts = inNode.uncertain ? [inNode.uncertain.message] : [];
    expect(await page.locator('.doubt > span').allTextContents()).toEqual(doubts);
    expect(await page.locator('.bar').count()).toBe(classifier.labels.length);
  });

  it('says why a file cannot be judged, and goes on', async () => {
    await upload('aac.m4a');
    expect(await page.locator('.failure').textContent()).toContain(
      'aac.m4a: The file is MP4 or M4A',
    );
    await upload('pcm24.wav');
    expect(await page.locator('.result').count()).toBe(1);
  });

  it('shows the clip picked last, however many were picked', async () => {
    for (const name of ['stereo.mp3', 'stereo.opus', 'pcm8.wav']) {
      await page.setInputFiles('input[type=file]', clipPath(name));
    }
    await page.locator('.source-name', { hasText: 'pcm8.wav' }).waitFor();
  });

  it('takes a file that is dropped on it', async () => {
    const bytes = [...(await readFile(clipPath('mono16k.mp3')))];
    const data = await page.evaluateHandle((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped.mp3'));
      return transfer;
    }, bytes);
    await page.dispatchEvent('.picker', 'drop', { dataTransfer: data });
    await page.locator('.source-name', { hasText: 'dropped.mp3' }).waitFor();
  });

  it('asks no other host for anything, and has nothing to complain of', () => {
    expect(foreignRequests).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
