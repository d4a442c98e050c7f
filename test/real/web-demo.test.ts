import { loadClip } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePcmWav } from '../../packages/trainer/src/datasets/synthetic/pcm-wav.ts';
import { launchChromium } from '../browser/launch-chromium.ts';
import {
  chooseFiles,
  type DemoSite,
  openDemoSite,
  preferSmallModel,
  save,
  waitForDefaultModel,
} from '../browser/web-demo/demo-site.ts';
import { describeLive } from '../browser/web-demo/live-suite.ts';
import { pickClips } from '../support/real-data.ts';
import { readSerJson } from '../support/run-ser.ts';

interface Judged {
  label: string;
  probabilities: Record<string, number>;
}

describe('the web demo on real speech', () => {
  let site: DemoSite;

  beforeAll(async () => {
    site = await openDemoSite();
  });

  afterAll(() => site?.close());

  it.each(['small', 'default'] as const)(
    'gives 40 clips the probabilities of `ser predict`, by the %s model',
    async (model) => {
      const clips = [
        ...pickClips('ravdess', 16),
        ...pickClips('ravdess-original', 4),
        ...pickClips('emodb', 10),
        ...pickClips('crema-d', 10),
      ];
      const expected = await readSerJson<Judged[]>([
        'predict',
        ...clips,
        '--model',
        model,
        '--json',
      ]);
      const browser = await launchChromium();
      const page = await browser.newPage();
      if (model === 'small') await preferSmallModel(page);
      await page.goto(site.url);
      if (model === 'default') await waitForDefaultModel(page);
      await chooseFiles(page, clips);
      await page.getByRole('button', { name: 'Compare' }).click();
      expect(await page.locator(`th [data-model=${model}]`).count()).toBe(40);
      const found = JSON.parse(String((await save(page, 'JSON')).bytes)) as Judged[];
      await browser.close();
      expect(found).toHaveLength(40);
      for (const [at, { label, probabilities }] of expected.entries()) {
        expect(found[at]!.label).toBe(label);
        for (const [name, probability] of Object.entries(probabilities)) {
          expect(Math.abs(found[at]!.probabilities[name]! - probability)).toBeLessThan(1e-5);
        }
      }
    },
  );

  describeLive(
    () => site,
    async () => {
      const { samples, sampleRateHz } = await loadClip(pickClips('ravdess', 3)[1]!);
      return Buffer.from(encodePcmWav(samples, sampleRateHz));
    },
  );
});
