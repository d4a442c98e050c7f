import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { root } from '../clips.ts';
import { type FolderServer, type FolderServerSettings, serveFolder } from '../serve-folder.ts';

/** The built demo, served below a path. */
export interface DemoSite extends FolderServer {
  folder: string;
  /** Serves the same files once more, at another address. */
  serveAgain(settings?: FolderServerSettings): Promise<FolderServer>;
}

/** Builds the demo with its own models, and serves it. */
export async function openDemoSite(): Promise<DemoSite> {
  const folder = await mkdtemp(join(tmpdir(), 'ser-web-demo-'));
  delete process.env.SER_MODEL;
  // The test runner's own value would make it a build for development.
  process.env.NODE_ENV = 'production';
  await build({
    root: join(root, 'apps/web-demo'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const serve = (settings?: FolderServerSettings) => serveFolder(folder, '/some/path/', settings);
  const server = await serve();
  return {
    folder,
    url: server.url,
    serveAgain: serve,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What a page must not do, filled while it runs. */
export interface Offences {
  /** Errors and warnings of the console, errors that nobody caught, requests that failed. */
  complaints: string[];
  /** Requests to any host but the page's own. */
  foreignRequests: string[];
}

/** Watches all pages of a context from now on. */
export function watch(context: BrowserContext, origin: string): Offences {
  const complaints: string[] = [];
  const foreignRequests: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('requestfailed', (request) => {
    // A player that is taken away stops its loading.
    if (!request.url().startsWith('blob:')) complaints.push(`failed: ${request.url()}`);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.origin !== new URL(origin).origin) {
      foreignRequests.push(request.url());
    }
  });
  return { complaints, foreignRequests };
}

/** Opens the page, and waits until its default model judges. */
export async function openWithDefaultModel(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await waitForDefaultModel(page);
}

/** Waits until the default model judges. */
export async function waitForDefaultModel(page: Page): Promise<void> {
  await page.locator('main[data-judge=default]').waitFor({ timeout: 60_000 });
}

/** Has the page keep to its small model, as a user does who chose so at an earlier visit. */
export async function preferSmallModel(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('speech-emotion.model', 'small'));
}

/** A file for the page's picker. */
export interface DemoFile {
  name: string;
  bytes: Buffer;
}

/** Gives files to the page's picker, and waits until each is judged or refused. */
export async function chooseFiles(page: Page, files: readonly (string | DemoFile)[]) {
  const payload = files.map(async (file) => {
    const known = typeof file === 'string';
    return {
      name: known ? file.split('/').at(-1)! : file.name,
      mimeType: 'application/octet-stream',
      buffer: known ? await readFile(file) : file.bytes,
    };
  });
  await page.setInputFiles('input[type=file][multiple]', await Promise.all(payload));
  await waitForClips(page);
}

/** Waits until every clip on the page is judged or refused. */
export async function waitForClips(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const states = [...document.querySelectorAll('.clip-item .clip-state')];
    return (
      states.length > 0 &&
      states.every((state) => !/waiting|listening/.test(state.textContent ?? ''))
    );
  });
}

/** Clicks what saves a file, and returns the file. */
export async function save(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
