/// <reference lib="dom" />
import type { Browser, Page } from 'playwright-core';
import type { CompressedSite } from './compressed-site.ts';

/** What a first visit transfers, until the page is ready for visits without a network. */
export interface FirstVisit {
  bytes: number;
  files: Record<string, number>;
}

/** Loads the page with nothing cached, and counts what the server sends. */
export async function measureFirstVisit(
  browser: Browser,
  site: CompressedSite,
): Promise<FirstVisit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  site.takeSent();
  await openReady(page, site.url);
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== 'activated') {
      await new Promise((resolve) => active?.addEventListener('statechange', resolve));
    }
  });
  const files = [...site.takeSent()].sort(([, a], [, b]) => b - a);
  await context.close();
  return {
    bytes: files.reduce((sum, [, bytes]) => sum + bytes, 0),
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
  await watchLongTasks(page);
  const bytes = [...clip];
  const dropToLabelMs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const elapsed = await page.evaluate(dropAndWait, { bytes, name: `clip-${round}.flac` });
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

/** Gives the page a long recording, and waits for its label and its timeline. */
export async function measureLongClip(
  browser: Browser,
  url: string,
  clip: Buffer,
): Promise<LongClip> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openReady(page, url);
  await watchLongTasks(page);
  const start = performance.now();
  await page.setInputFiles('input[type=file][multiple]', {
    name: 'talk.wav',
    mimeType: 'audio/wav',
    buffer: clip,
  });
  await page.locator('.answer-label').waitFor({ timeout: 300_000 });
  const labelSec = (performance.now() - start) / 1000;
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

async function dropAndWait({ bytes, name }: { bytes: number[]; name: string }): Promise<number> {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(bytes)], name));
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
