import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { root } from '../clips.ts';
import { launchChromium } from '../launch-chromium.ts';
import { type DemoSite, openWithDefaultModel, waitForClips, watch } from './demo-site.ts';

/**
 * What a user does with the microphone, in a Chromium whose microphone hears a file over and over.
 *
 * @param site the demo, built and served.
 * @param makeSpeech makes the WAV file that is heard.
 */
export function describeLive(site: () => DemoSite, makeSpeech: () => Promise<Buffer>): void {
  describe('the live view', () => {
    const folder = makeTemporaryFolder();
    let browser: Browser;

    beforeAll(async () => {
      const speech = join(folder, 'speech.wav');
      await writeFile(speech, await makeSpeech());
      browser = await launchChromium([
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${speech}`,
      ]);
    });

    afterAll(() => browser?.close());

    it.each([44_100, 48_000])('follows who speaks, from a device at %d Hz', async (rateHz) => {
      const context = await browser.newContext({ permissions: ['microphone'] });
      await setDeviceRate(context, rateHz);
      const offences = watch(context, site().url);
      const page = await context.newPage();
      await openWithDefaultModel(page, `${site().url}#live`);
      await page.getByRole('button', { name: 'Start the microphone' }).click();
      await page.getByText('Somebody speaks').waitFor();
      await page.locator('[data-live-label]').waitFor();
      expect(await page.locator('.live [data-model=default]').textContent()).toMatch(
        /^Judged by the default model, ./,
      );
      expect(await page.locator('.live .bar').count()).toBeGreaterThan(1);
      await page.waitForFunction(() => document.querySelector('meter')!.value > -50);
      await page.getByText(`captured at ${rateHz / 1000} kHz`).waitFor();
      await page.getByText('Nobody speaks').waitFor();
      expect(await page.locator('.utterances li').count()).toBeGreaterThan(0);
      await picture(page, `9-live-on-${rateHz}`);

      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText('Paused').waitFor();
      expect(await page.locator('meter').evaluate((meter: HTMLMeterElement) => meter.value)).toBe(
        -60,
      );
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByText('Somebody speaks').waitFor();

      const devices = page.getByLabel('Microphone');
      const option = await devices.locator('option').nth(1).textContent();
      await devices.selectOption(option);
      // Before the new device starts, the page still says what it heard from the old one.
      await page.waitForFunction(() => !document.querySelector('.utterances li'));
      await page.getByText('Somebody speaks').waitFor();

      await page.getByRole('button', { name: 'Stop and keep as a clip' }).click();
      await waitForClips(page);
      expect(await page.locator('.answer-name').textContent()).toMatch(/^Microphone, /);
      await page.locator('.segments').waitFor();
      expect(await page.locator('.segment').count()).toBeGreaterThan(0);
      expect(offences).toEqual({ complaints: [], foreignRequests: [] });
      await context.close();
    });

    it('says in words why there is no microphone', async () => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${site().url}#live`);
      await page.getByRole('button', { name: 'Start the microphone' }).click();
      expect(await page.locator('.failure').textContent()).toContain(
        'This page may not use the microphone.',
      );
      await page.getByRole('button', { name: 'Start the microphone' }).waitFor();
      await context.close();
    });
  });
}

/** Has audio run at a rate as if the device did. */
async function setDeviceRate(context: BrowserContext, rateHz: number): Promise<void> {
  await context.addInitScript((sampleRate) => {
    const Native = window.AudioContext;
    window.AudioContext = class extends Native {
      constructor() {
        super({ sampleRate });
      }
    };
  }, rateHz);
}

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(root, 'test/screenshots', `${name}-${colorScheme}.png`);
    await page.screenshot({ path, fullPage: true });
  }
}
