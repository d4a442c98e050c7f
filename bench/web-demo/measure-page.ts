/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import type { CompressedSite } from './compressed-site.ts';

/** What a first visit transfers. */
export interface FirstVisit {
  /** Until the page is ready for visits without a network, and answers by its small model. */
  bytes: number;
  /** Of the default model, which comes then. */
  defaultModelBytes: number;
  files: Record<string, number>;
}

/** Loads the page with nothing cached, and counts what the server sends. */
export async function measureFirstVisit(
  browser: Browser,
  site: CompressedSite,
): Promise<FirstVisit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // The default model would begin to come while the rest is counted.
  await context.addInitScript(() => localStorage.setItem('speech-emotion.model', 'small'));
  site.takeSent();
  await openReady(page, site.url);
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== 'activated') {
      await new Promise((resolve) => active?.addEventListener('statechange', resolve));
    }
  });
  const files = [...site.takeSent()].sort(([, a], [, b]) => b - a);
  await page.goto(`${site.url}#model`);
  await page.getByLabel('The default model, and the small one').check();
  await waitForDefaultModel(page);
  const later = [...site.takeSent()].filter(([file]) => /model-[\w-]+\.onnx$/.test(file));
  await context.close();
  return {
    bytes: sumBytes(files),
    defaultModelBytes: sumBytes(later),
    files: Object.fromEntries(files),
  };
}

export interface Latencies {
  /** From the drop of a clip to its label on the page, warm, in milliseconds. */
  dropToLabelMs: number[];
  /** The longest task of the page's own thread meanwhile; 50 where none reached that. */
  longestTaskMs: number;
}

/** Drops the same clip again and again. The first drop warms up and does not count. */
export async function measureLatencies(
  browser: Browser,
  url: string,
  clip: Buffer,
  rounds: number,
): Promise<Latencies> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openReady(page, url);
  await waitForDefaultModel(page);
  await page.evaluate(
    (bytes) => {
      Object.assign(window, { clipBytes: Uint8Array.from(bytes) });
    },
    [...clip],
  );
  await watchLongTasks(page);
  const dropToLabelMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const elapsed = await page.evaluate(dropAndWait, `clip-${round}`);
    if (round > 0) dropToLabelMs.push(elapsed);
    await page.locator('.segments').waitFor();
    await page.waitForTimeout(200);
  }
  const longestTaskMs = await readLongestTask(page);
  await context.close();
  return { dropToLabelMs, longestTaskMs };
}

export interface LongClip {
  labelSec: number;
  timelineSec: number;
  longestTaskMs: number;
}

/** Drops a long recording, gliding tones with pauses, and waits for its label and its timeline. */
export async function measureLongClip(
  browser: Browser,
  url: string,
  minutes: number,
): Promise<LongClip> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openReady(page, url);
  await waitForDefaultModel(page);
  await page.evaluate(makeLongClip, minutes);
  await page.waitForTimeout(1000);
  await watchLongTasks(page);
  const start = performance.now();
  const labelSec = (await page.evaluate(dropAndWait, 'talk')) / 1000;
  await page.locator('.segments').waitFor({ timeout: 300_000 });
  const timelineSec = (performance.now() - start) / 1000;
  const longestTaskMs = await readLongestTask(page);
  await context.close();
  return { labelSec, timelineSec, longestTaskMs };
}

async function openReady(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('.loading').waitFor({ state: 'detached', timeout: 120_000 });
}

async function waitForDefaultModel(page: Page): Promise<void> {
  await page.locator('main[data-judge=default]').waitFor({ timeout: 120_000 });
}

function sumBytes(files: readonly (readonly [string, number])[]): number {
  return files.reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** Runs in the page. Leaves a WAV file of 16 bits at 16 kHz in `window.clipBytes`. */
function makeLongClip(minutes: number): void {
  const length = Math.round(minutes * 60 * 16_000);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  [0x52494646, 0, 0x57415645, 0x666d7420].forEach((word, at) => {
    view.setUint32(4 * at, word);
  });
  view.setUint32(4, 36 + 2 * length, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  view.setUint32(36, 0x64617461);
  view.setUint32(40, 2 * length, true);
  for (let index = 0; index < length; index++) {
    const sec = index / 16_000;
    const phase = 2 * Math.PI * (150 * sec - 8 * Math.cos(2 * sec));
    view.setInt16(44 + 2 * index, sec % 4 < 3 ? 8000 * Math.sin(phase) : 0, true);
  }
  Object.assign(window, { clipBytes: new Uint8Array(view.buffer) });
}

/** Runs in the page. Milliseconds from the drop of `window.clipBytes` to its label. */
async function dropAndWait(name: string): Promise<number> {
  const { clipBytes } = window as unknown as { clipBytes: Uint8Array<ArrayBuffer> };
  const transfer = new DataTransfer();
  transfer.items.add(new File([clipBytes], name));
  const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer });
  const start = performance.now();
  document.body.dispatchEvent(event);
  await new Promise<void>((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector('.answer-name')?.textContent !== name) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return performance.now() - start;
}

/** Browsers tell of tasks from 50 ms on. */
async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask' });
  });
}

function readLongestTask(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(50, ...(window as unknown as { longTasks: number[] }).longTasks),
  );
}
