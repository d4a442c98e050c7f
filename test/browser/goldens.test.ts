import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';

const goldens = ['synthetic.json', 'synthetic.bin.gz', 'settings.json'];

describe('features in a page', () => {
  let folder: string;
  let server: FolderServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ser-goldens-page-'));
    const source = join(root, 'test/browser/goldens-page');
    await build({
      root: source,
      base: './',
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: folder,
        emptyOutDir: true,
        modulePreload: false,
        rollupOptions: {
          input: { page: join(source, 'index.html'), worklet: join(source, 'worklet.ts') },
          output: { entryFileNames: '[name].js' },
        },
      },
    });
    for (const name of goldens) await cp(join(root, 'test/goldens', name), join(folder, name));
    server = await serveFolder(folder, '/');
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'goldens' in window);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  it("are librosa's, in every golden case", async () => {
    const index = JSON.parse(await readFile(join(root, 'test/goldens/synthetic.json'), 'utf8'));
    const result = await page.evaluate(() => window.goldens.checkGoldens());
    expect(result).toEqual({ cases: index.cases.length, failures: [] });
  });

  it('come out of an AudioWorklet as of the whole signal', async () => {
    const { frames, largestDifference } = await page.evaluate(() =>
      window.goldens.streamInWorklet(),
    );
    expect(frames).toBeGreaterThan(70);
    expect(largestDifference).toBeLessThan(1e-6);
  });
});
