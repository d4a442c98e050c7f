import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
// A made-up run of RAVDESS's names, as the trainer's own tests draw it.
import { writeReport } from '../../packages/trainer/src/report/write-report.ts';
import { makeSampleRun } from '../../packages/trainer/test/report/sample-run.ts';
import { launchChromium } from './launch-chromium.ts';

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ser-report-'));
  await writeReport(folder, makeSampleRun());
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const schemes = { light: 'rgb(255, 255, 255)', dark: 'rgb(20, 24, 29)' } as const;

it.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('opens from the disk alone: %s, %i wide', async (colorScheme, width) => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const address = pathToFileURL(join(folder, 'report.html')).href;
  await page.goto(address);
  expect(asked).toEqual([address]);
  expect(complaints).toEqual([]);

  const seen = await page.evaluate(() => ({
    background: getComputedStyle(document.body).backgroundColor,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    charts: [...document.querySelectorAll('svg')].map((svg) => {
      const text = svg.querySelector('text')!;
      return [svg.getBoundingClientRect().height > 100, getComputedStyle(text).fill];
    }),
    links: [...document.querySelectorAll('.files a')].map((link) => link.getAttribute('href')!),
  }));
  expect(seen.background).toBe(schemes[colorScheme]);
  expect(seen.overflow).toBeLessThanOrEqual(0);
  expect(seen.charts).toHaveLength(3);
  for (const [isDrawn, ink] of seen.charts) {
    expect(isDrawn).toBe(true);
    expect(ink).not.toBe(seen.background);
  }
  for (const link of seen.links.filter((name) => name.endsWith('.png'))) {
    await page.goto(new URL(link, address).href);
    expect(await page.evaluate(() => document.images[0]!.naturalWidth)).toBeGreaterThan(900);
  }
  expect(seen.links).toHaveLength(6);
  await page.close();
});
