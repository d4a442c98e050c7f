import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './clips.ts';
import { openTestPage, underTheirNames } from './open-test-page.ts';

const goldens = ['synthetic.json', 'synthetic.bin.gz', 'settings.json'];

describe('features in a page', () => {
  const source = join(root, 'test/browser/goldens-page');
  const opened = openTestPage('goldens-page', {
    files: underTheirNames(goldens, (name) => join(root, 'test/goldens', name)),
    ready: 'goldens',
    rollupOptions: {
      input: { page: join(source, 'index.html'), worklet: join(source, 'worklet.ts') },
      output: { entryFileNames: '[name].js' },
    },
  });

  it("are librosa's, in every golden case", async () => {
    const index = JSON.parse(await readFile(join(root, 'test/goldens/synthetic.json'), 'utf8'));
    const result = await opened.page.evaluate(() => window.goldens.checkGoldens());
    expect(result).toEqual({ cases: index.cases.length, failures: [] });
  });

  it('come out of an AudioWorklet as of the whole signal', async () => {
    const { frames, largestDifference } = await opened.page.evaluate(() =>
      window.goldens.streamInWorklet(),
    );
    expect(frames).toBeGreaterThan(70);
    expect(largestDifference).toBeLessThan(1e-6);
  });
});
