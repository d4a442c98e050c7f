import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type InlineConfig } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { root } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';

/** What stands beside the page, and how it is built. */
export interface TestPageOptions {
  /** Paths of files to serve, under their names. */
  files: Record<string, string>;
  /** The property of `window` that the page sets when it is ready. */
  ready: string;
  /** Further switches of the browser's command line. */
  switches?: readonly string[];
  /** Settings of the build besides where it goes. */
  rollupOptions?: NonNullable<InlineConfig['build']>['rollupOptions'];
}

/** A page that is open in Chromium while the tests of a block run. */
export interface TestPage {
  readonly page: Page;
  readonly url: string;
  /** Opens another one, which has loaded nothing yet. */
  openPage(): Promise<Page>;
}

/** Builds the page `test/browser/<name>` before the tests of a block, serves it and opens it. */
export function openTestPage(
  name: string,
  { files, ready, switches, rollupOptions }: TestPageOptions,
): TestPage {
  const folder = makeTemporaryFolder();
  let server: FolderServer | undefined;
  let browser: Browser | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    await build({
      root: join(root, 'test/browser', name),
      base: './',
      configFile: false,
      logLevel: 'error',
      worker: { format: 'es' },
      build: {
        outDir: folder,
        emptyOutDir: true,
        modulePreload: false,
        rollupOptions: {
          onwarn: (warning, warn) => {
            // Comments in dependencies that Rollup does not understand.
            if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
          },
          ...rollupOptions,
        },
      },
    });
    for (const [target, path] of Object.entries(files)) await cp(path, join(folder, target));
    server = await serveFolder(folder, '/');
    browser = await launchChromium(switches);
    page = await openPage();
  }, 120_000);

  async function openPage(): Promise<Page> {
    const opened = await browser!.newPage();
    await opened.goto(server!.url);
    await opened.waitForFunction((property) => property in window, ready);
    return opened;
  }

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  return {
    openPage,
    get page() {
      if (!page) throw new Error('The page is open within tests only.');
      return page;
    },
    get url() {
      if (!server) throw new Error('The page is served within tests only.');
      return server.url;
    },
  };
}

/** Files under their own names. */
export function underTheirNames(names: readonly string[], path: (name: string) => string) {
  return Object.fromEntries(names.map((name) => [name, path(name)]));
}
