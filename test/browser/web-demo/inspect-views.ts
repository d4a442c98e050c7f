import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { clipPath, root } from '../clips.ts';
import { chooseFiles, openWithDefaultModel } from './demo-site.ts';

const screenshots = join(root, 'test/screenshots');
const sizes = {
  desktop: { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
};

/**
 * Goes through every view of the demo, light and dark, writes a picture of each into
 * `test/screenshots`, and has axe look at it.
 *
 * @returns what axe finds wrong, one line each.
 */
export async function inspectViews(
  browser: Browser,
  url: string,
  size: keyof typeof sizes,
): Promise<string[]> {
  const context = await browser.newContext({ ...sizes[size], reducedMotion: 'reduce' });
  const page = await context.newPage();
  const faults: string[] = [];
  const axe = await readAxe();
  const inspect = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = join(screenshots, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      for (const fault of await findFaults(page, axe)) {
        faults.push(`${name}, ${colorScheme}: ${fault}`);
      }
    }
  };

  await openWithDefaultModel(page, url);
  await inspect('1-empty');
  await page.getByRole('button', { name: 'five moods' }).click();
  await page.locator('.segment').nth(2).click();
  await page.locator('.bar-moment').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('canvas[data-kind=spectrogram]').waitFor();
  await inspect('2-result');
  await chooseFiles(page, [
    clipPath('mono.flac'),
    clipPath('stereo.opus'),
    { name: 'notes.txt', bytes: Buffer.from('no sound') },
  ]);
  await page.locator('.segments').waitFor();
  await inspect('3-many');
  await page.locator('.clip-button', { hasText: 'notes.txt' }).click();
  await inspect('4-failure');
  await page.getByRole('button', { name: 'Compare' }).click();
  await inspect('5-compare');
  await page.getByRole('link', { name: 'Live' }).click();
  await inspect('6-live');
  await page.getByRole('button', { name: 'Start the microphone' }).click();
  await page.locator('.failure').waitFor();
  await inspect('7-live-failure');
  await page.getByRole('link', { name: 'Model', exact: true }).click();
  await inspect('8-model');
  await context.close();
  return faults;
}

/** The program that looks for faults. */
export function readAxe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}

/** What axe finds wrong on a page, a line for each. */
export async function findFaults(page: Page, axe: string): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as {
        axe: {
          run(): Promise<{
            violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
          }>;
        };
      }
    ).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  });
}
