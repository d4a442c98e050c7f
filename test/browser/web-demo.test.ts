import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Classifier, createClassifier, formatSegments, type Segment } from '@ser/runtime';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSignal } from '../../bench/no-speech/signals.ts';
import { badClips } from '../support/bad-clips.ts';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { synthesiseTalk } from '../support/synthetic-wav.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { clipPath, demoModelPaths, root } from './clips.ts';
import { launchChromium } from './launch-chromium.ts';
import {
  chooseFiles,
  type DemoSite,
  type Offences,
  openDemoSite,
  openWithDefaultModel,
  preferSmallModel,
  save,
  waitForClips,
  waitForDefaultModel,
  watch,
} from './web-demo/demo-site.ts';
import { findFaults, inspectViews, readAxe } from './web-demo/inspect-views.ts';
import { describeLive } from './web-demo/live-suite.ts';
import { recordWebm } from './web-demo/record-webm.ts';

interface SavedClip {
  file: string;
  model?: string;
  label?: string | null;
  durationSec?: number;
  probabilities?: Record<string, number>;
  uncertain?: object | null;
  segments?: Segment[];
  windows?: unknown[];
  error?: { code: string; message: string };
}

const formats = [
  'pcm16.wav',
  'float32-extensible.wav',
  'mono.flac',
  'stereo.mp3',
  'stereo.ogg',
  'stereo.opus',
];
/** What the runtime cannot judge, and what the browser's own decoder cannot. */
const badFiles = [
  ...badClips,
  {
    name: 'damaged.webm',
    bytes: Buffer.from([0x1a, 0x45, 0xdf, 0xa3, ...Array(100).fill(7)]),
    code: 'AUDIO_DECODE_FAILED',
    reason: /WebM data cannot be decoded/,
  },
];

const isDefault = (name: string) => /^assets\/model-/.test(name);

describe('the web demo in Chromium', () => {
  let site: DemoSite;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let offences: Offences;
  let classifier: Classifier;
  let small: Classifier;

  beforeAll(async () => {
    site = await openDemoSite();
    classifier = await createClassifier(demoModelPaths.default);
    small = await createClassifier(demoModelPaths.small);
    browser = await launchChromium();
    context = await browser.newContext();
    offences = watch(context, site.url);
    page = await context.newPage();
    await openWithDefaultModel(page, site.url);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await classifier?.dispose();
    await small?.dispose();
  });

  async function saveAll(from = page): Promise<SavedClip[]> {
    await from.getByRole('button', { name: 'Compare' }).click();
    const { bytes } = await save(from, 'JSON');
    return JSON.parse(String(bytes));
  }

  async function clear(): Promise<void> {
    const removers = page.locator('.remove');
    while ((await removers.count()) > 0) await removers.first().click();
  }

  function expectSame(saved: SavedClip, expected: Awaited<ReturnType<Classifier['predict']>>) {
    expect(saved.label).toBe(expected.label);
    expect(saved.durationSec).toBe(expected.durationSec);
    expect(saved.uncertain).toEqual(expected.uncertain);
    for (const [label, probability] of Object.entries(expected.probabilities)) {
      expect(Math.abs(saved.probabilities![label]! - probability)).toBeLessThan(1e-5);
    }
  }

  it('gives files of each format the probabilities that Node gives them, all at once', async () => {
    await chooseFiles(page, formats.map(clipPath));
    const saved = await saveAll();
    expect(saved.map(({ file }) => file)).toEqual(formats);
    for (const [at, name] of formats.entries()) {
      expectSame(saved[at]!, await classifier.predict(clipPath(name)));
    }
    const { bytes } = await save(page, 'CSV');
    const lines = String(bytes).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + formats.length);
    expect(lines[0]).toBe(
      `file,durationSec,label,confidence,uncertain,${classifier.labels.join(',')},model`,
    );
    await clear();
  });

  it('says of a clip without speech that it hears none, and shows no label', async () => {
    const hiss = makeSignal('pink noise', 0);
    const path = join(makeTemporaryFolder(), 'hiss.wav');
    writeFileSync(path, encodeFloatWav(hiss.samples, hiss.sampleRateHz));
    await chooseFiles(page, [path, clipPath('mono.flac')]);
    const listed = page.locator('.clip-list .clip-state');
    expect(await listed.first().textContent()).toBe('No speech heard');
    await page.locator('.clip-list').getByText('hiss.wav').click();
    await page.getByRole('heading', { name: 'No speech heard' }).waitFor();
    expect(await page.locator('.doubt').getAttribute('data-reason')).toBe('no-speech');
    expect(await page.locator('.answer-confidence').count()).toBe(0);
    expect(await page.locator('.answer .bars').isVisible()).toBe(false);
    await page.locator('.answer summary').click();
    expect(await page.locator('.answer .bars').isVisible()).toBe(true);
    const [saved] = await saveAll();
    expectSame(saved!, await classifier.predict(path));
    const row = page.locator('.compare tbody tr').first();
    expect(await row.locator('td').last().textContent()).toBe('No speech heard');
    const { bytes } = await save(page, 'CSV');
    expect(String(bytes).split('\n')[1]).toMatch(/^hiss\.wav,[\d.]+,,,no-speech,/);
    await clear();
  });

  it('answers by the small model until the default one has come, and says which judged', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await site.serveAgain({
      hold: (name) => (isDefault(name) ? released : undefined),
    });
    const fresh = await browser.newContext();
    const visited = await fresh.newPage();
    const judge = visited.locator('.answer-judge');
    const bySmall = `Judged by the small model, ${small.manifest.name}`;
    const byDefault = `Judged by the default model, ${classifier.manifest.name}`;
    await visited.goto(server.url);
    await chooseFiles(visited, [clipPath('mono.flac')]);
    expect(await judge.textContent()).toBe(bySmall);
    await visited.getByText('The default model is on its way: 50%.').waitFor();
    expect(await findFaults(visited, await readAxe())).toEqual([]);
    await visited.getByRole('link', { name: 'Model', exact: true }).click();
    await visited.locator('[data-model=default]').getByText('On its way: 50%.').waitFor();
    await visited.getByRole('link', { name: 'Clips' }).click();

    release();
    await visited.getByRole('status').getByText('The default model is here').waitFor();
    expect(await judge.textContent()).toBe(bySmall);
    await chooseFiles(visited, [clipPath('pcm16.wav')]);
    await visited.getByText(byDefault).waitFor();
    const [first, second] = await saveAll(visited);
    expectSame(first!, await small.predict(clipPath('mono.flac')));
    expectSame(second!, await classifier.predict(clipPath('pcm16.wav')));
    expect(first!.model).toBe(small.manifest.name);
    expect(second!.model).toBe(classifier.manifest.name);
    const judges = visited.locator('th [data-model]');
    expect(
      await judges.evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-model'))),
    ).toEqual(['small', 'default']);

    await visited.locator('.clip-button', { hasText: 'mono.flac' }).click();
    await visited
      .getByRole('button', {
        name: `Judge again by the default model, ${classifier.manifest.name}`,
      })
      .click();
    await visited.getByText(byDefault).waitFor();
    expectSame((await saveAll(visited))[0]!, await classifier.predict(clipPath('mono.flac')));
    await fresh.close();
    await server.close();
  });

  it('keeps to the small model where that is wanted, at the next visit too', async () => {
    const asked: string[] = [];
    const hold = (name: string) => {
      asked.push(name);
      return undefined;
    };
    const server = await site.serveAgain({ hold });
    const fresh = await browser.newContext();
    const visited = await fresh.newPage();
    await openWithDefaultModel(visited, `${server.url}#model`);
    await visited.getByLabel('The small model alone').check();
    await visited.locator('main[data-judge=small]').waitFor();
    await visited.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    asked.length = 0;
    await visited.reload();
    await visited.getByText('Not loaded.').waitFor();
    await visited.getByRole('link', { name: 'Clips' }).click();
    await chooseFiles(visited, [clipPath('mono.flac')]);
    await visited.locator('.segments').waitFor();
    expect(await visited.locator('.answer-judge').textContent()).toContain('the small model');
    expect(asked.filter(isDefault)).toEqual([]);
    await visited.getByRole('link', { name: 'Model', exact: true }).click();
    await visited.getByLabel('The default model, and the small one').check();
    await waitForDefaultModel(visited);
    expect(asked.filter(isDefault)).toHaveLength(1);
    await fresh.close();
    await server.close();
  });

  it('goes on with the small model where the default one cannot be had, until it can', async () => {
    let isRefused = true;
    const server = await site.serveAgain({ refuses: (name) => isRefused && isDefault(name) });
    const fresh = await browser.newContext();
    const visited = await fresh.newPage();
    await visited.goto(server.url);
    await visited.getByText('The default model could not be loaded').waitFor();
    await chooseFiles(visited, [clipPath('mono.flac')]);
    expect(await visited.locator('.answer-judge').textContent()).toContain('the small model');
    isRefused = false;
    await visited.getByRole('button', { name: 'Try again' }).click();
    await waitForDefaultModel(visited);
    await fresh.close();
    await server.close();
  });

  it('takes what only the browser decodes, M4A, and what it records, WebM', async () => {
    const webm = await recordWebm(page, 2);
    await chooseFiles(page, [clipPath('aac.m4a'), { name: 'voice.webm', bytes: webm }]);
    const [m4a, voice] = await saveAll();
    expect(m4a?.label).toBeOneOf([...classifier.labels]);
    expect(m4a?.durationSec).toBeCloseTo(0.3, 0);
    // It is a tone, in which nobody speaks.
    expect(voice?.label).toBeNull();
    expect(voice?.durationSec).toBeCloseTo(2, 0);
    await clear();
  });

  it('says of each bad file why it cannot be judged, and judges the others', async () => {
    await chooseFiles(page, [clipPath('pcm16.wav'), ...badFiles, clipPath('mono.flac')]);
    const saved = await saveAll();
    expect(saved[0]?.label).toBeDefined();
    expect(saved.at(-1)?.label).toBeDefined();
    for (const [at, { name, code, reason }] of badFiles.entries()) {
      expect(saved[at + 1]!.error).toEqual({ code, message: expect.stringMatching(reason) });
      await page.locator('.clip-button', { hasText: name }).click();
      expect(await page.locator('.failure').textContent()).toMatch(reason);
    }
    await clear();
  });

  it.each(['drop', 'paste'] as const)('takes a file by %s', async (type) => {
    const bytes = [...(await readFile(clipPath('mono16k.mp3')))];
    await page.evaluate(
      ({ type, bytes }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(bytes)], `by-${type}.mp3`));
        const settings = { bubbles: true, cancelable: true };
        document.body.dispatchEvent(
          type === 'drop'
            ? new DragEvent(type, { ...settings, dataTransfer: transfer })
            : new ClipboardEvent(type, { ...settings, clipboardData: transfer }),
        );
      },
      { type, bytes },
    );
    await waitForClips(page);
    expect(await page.locator('.answer-name').textContent()).toBe(`by-${type}.mp3`);
    await clear();
  });

  it('plays a synthetic sample from a segment on, draws its features and saves it', async () => {
    await page.getByRole('button', { name: 'five moods' }).click();
    await page.locator('.segment').first().waitFor();
    expect(await page.locator('.answer .tag').textContent()).toBe('synthetic');

    const path = `${root}/apps/web-demo/public/samples/medley.opus`;
    const segments: Segment[] = [];
    for await (const segment of classifier.segments(path)) segments.push(segment);
    expect(await page.locator('.segment-label').allTextContents()).toEqual(
      segments.map(({ label }) => label),
    );
    await page.locator('.segment').nth(1).click();
    await page.locator('.bar-moment').first().waitFor();
    await page.waitForFunction((startSec) => {
      const { currentTime, paused } = document.querySelector('audio')!;
      return !paused && currentTime > startSec;
    }, segments[1]!.startSec);
    await page.getByRole('button', { name: 'Pause' }).click();

    await page.locator('.segment[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (startSec) => document.querySelector('audio')!.currentTime >= startSec,
      segments[2]!.startSec,
    );
    await page.getByRole('button', { name: 'Pause' }).press('Space');
    await page.getByRole('slider').press('Home');
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(
      /^0 s of 14\.7 s, /,
    );

    for (const kind of ['Spectrogram', 'Mel', 'MFCC', 'Chroma', 'Contrast']) {
      await page.getByText(kind, { exact: true }).click();
      const canvas = page.locator(`canvas[data-kind=${kind.toLowerCase()}]`);
      await canvas.waitFor();
      const shades = await canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const context = new OffscreenCanvas(width, height).getContext('2d')!;
        context.drawImage(element as HTMLCanvasElement, 0, 0);
        return new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)).size;
      });
      expect(shades, kind).toBeGreaterThan(30);
    }

    const json = JSON.parse(String((await save(page, 'JSON')).bytes)) as SavedClip[];
    expectSame(json[0]!, await classifier.predict(path));
    expect(json[0]!.segments).toEqual(
      segments.map((segment) => ({
        ...segment,
        confidence: expect.closeTo(segment.confidence, 5),
      })),
    );
    expect(json[0]!.windows!.length).toBeGreaterThan(40);
    for (const [button, format] of [
      ['CSV', 'csv'],
      ['WebVTT', 'vtt'],
    ] as const) {
      const saved = await save(page, button);
      expect(saved.name).toMatch(new RegExp(`\\.${format}$`));
      expect(String(saved.bytes)).toBe(formatSegments(json[0]!.segments!, format));
    }
    const { bytes: png } = await save(page, 'Picture');
    expect(png.readUInt32BE(16)).toBe(1200);
    expect(png.length).toBeGreaterThan(20_000);
    await clear();
  });

  it('judges ten minutes and finds the speech in them', async () => {
    const long = await context.newPage();
    await preferSmallModel(long);
    await long.goto(site.url);
    const talk = { name: 'talk.wav', bytes: synthesiseTalk(600, [10, 300, 590]) };
    await chooseFiles(long, [talk]);
    await long.locator('.segments').waitFor({ timeout: 100_000 });
    const starts = JSON.parse(String((await save(long, 'JSON')).bytes))[0].segments.map(
      ({ startSec }: Segment) => startSec,
    );
    expect(Math.round(starts[0])).toBe(10);
    expect(Math.round(starts.at(-1))).toBeGreaterThanOrEqual(590);
    await long.close();
  }, 120_000);

  it('uses another model, with other labels, and refuses what is none', async () => {
    await chooseFiles(page, [clipPath('mono.flac')]);
    await page.getByRole('link', { name: 'Model', exact: true }).click();
    const names = page.locator('.model-name');
    expect(await names.allTextContents()).toEqual([classifier.manifest.name, small.manifest.name]);
    const { encoder } = classifier.manifest;
    if (encoder) {
      const facts = await page.locator('[data-model=default]').textContent();
      expect(facts).toContain(`${encoder.name} (${encoder.family}; ${encoder.licence}; `);
    }
    const fixtures = `${root}/packages/runtime/test/fixtures`;
    await page.setInputFiles('input[accept=".onnx"]', `${fixtures}/no-manifest.onnx`);
    expect(await page.locator('.failure').textContent()).toMatch(/has no 'ser.manifest'/);
    await page.setInputFiles('input[accept=".onnx"]', `${fixtures}/tiny-model.onnx`);
    await page.getByText('tiny test model').waitFor();
    const tiny = await createClassifier(`${fixtures}/tiny-model.onnx`);
    const expected = await tiny.predict(clipPath('mono.flac'));
    await tiny.dispose();
    await page.getByRole('link', { name: 'Clips' }).click();
    await page.locator('.segments').waitFor();
    const [saved] = JSON.parse(String((await save(page, 'JSON')).bytes)) as SavedClip[];
    expectSame(saved!, expected);
    expect(await page.locator('.answer-judge').textContent()).toBe(
      'Judged by your model, tiny test model',
    );
    await page.getByRole('link', { name: 'Model', exact: true }).click();
    await page.getByRole('button', { name: 'Back to the page’s own model' }).click();
    await page.getByText('tiny test model').waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Clips' }).click();
    await page.locator('.answer-judge[data-model=default]').waitFor();
    await clear();
  });

  it('judges the same on several threads, where its server isolates it', async () => {
    const server = await site.serveAgain({ isIsolated: true });
    const isolated = await browser.newPage();
    await openWithDefaultModel(isolated, server.url);
    expect(await isolated.evaluate(() => crossOriginIsolated)).toBe(true);
    await chooseFiles(isolated, [clipPath('mono.flac')]);
    await isolated.locator('.segments').waitFor();
    const [saved] = JSON.parse(String((await save(isolated, 'JSON')).bytes)) as SavedClip[];
    expectSame(saved!, await classifier.predict(clipPath('mono.flac')));
    await isolated.close();
    await server.close();
  });

  it('works without a network after the first visit', async () => {
    const server = await site.serveAgain();
    const fresh = await browser.newContext();
    const visited = await fresh.newPage();
    await openWithDefaultModel(visited, server.url);
    await chooseFiles(visited, [clipPath('mono.flac')]);
    await visited.locator('.segments').waitFor();
    await server.close();
    await visited.reload();
    await waitForDefaultModel(visited);
    await chooseFiles(visited, formats.map(clipPath));
    expect(await visited.locator('.clip-state.is-failed').count()).toBe(0);
    expect(await visited.locator('.clip-item').count()).toBe(formats.length);
    await visited.locator('.answer-judge[data-model=default]').waitFor();
    await visited.locator('.segments').waitFor();
    await fresh.close();
  });

  describeLive(
    () => site,
    async () => synthesiseTalk(8, [1, 5]),
  );

  it.each(['desktop', 'phone'] as const)(
    'has no fault that axe finds in any view, light or dark, on a %s',
    async (size) => {
      expect(await inspectViews(browser, site.url, size)).toEqual([]);
    },
    120_000,
  );

  it('asks no other host for anything, and has nothing to complain of', () => {
    expect(offences).toEqual({ complaints: [], foreignRequests: [] });
  });
});
