import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clipKey } from '../../src/datasets/clip.ts';
import { readDataset } from '../../src/datasets/read-dataset.ts';
import { makeSyntheticCorpus, tinyRecipe, useOwnCache } from './tiny-run.ts';

// Worker threads and processes need the built package.
const { crossValidate } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

it('runs every seed once, resumes, and augments training clips only', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  const cache = useOwnCache(directory);
  const outDirectory = join(directory, 'out');
  const states: string[] = [];
  const run = (seeds: number[]) =>
    crossValidate({
      data: [corpus],
      recipe: { ...tinyRecipe, augmentation },
      protocol: 'random',
      seeds,
      jobs: 2,
      outDirectory,
      onEvent: (event) => event.type === 'run' && states.push(`${event.name} ${event.state}`),
    });
  const first = await run([0]);
  await expectOnlyTrainingCopies(cache, corpus, join(outDirectory, 'seed-0'));
  const { mtimeMs } = await stat(join(outDirectory, 'seed-0', 'model.onnx'));

  states.length = 0;
  const second = await run([0, 1]);
  expect(states).toEqual(['seed-0 kept', 'seed-1 started', 'seed-1 finished']);
  expect((await stat(join(outDirectory, 'seed-0', 'model.onnx'))).mtimeMs).toBe(mtimeMs);
  const [kept, added] = second.runs;
  expect(kept).toEqual(first.runs[0]);
  expect(second.overRuns.uar.mean).toBeCloseTo((kept!.uar + added!.uar) / 2, 12);
  expect(second.overRuns.uar.deviation).toBeCloseTo(
    Math.abs(kept!.uar - added!.uar) / Math.SQRT2,
    12,
  );
  expect(second.elapsedSec).toBeGreaterThan(first.elapsedSec);
  const stored = JSON.parse(await readFile(join(outDirectory, 'results.json'), 'utf8'));
  expect(stored).toEqual(JSON.parse(JSON.stringify(second)));
}, 240_000);

it('computes the copies of all clips before runs side by side', async () => {
  const { directory, corpus } = await makeSyntheticCorpus();
  const cache = useOwnCache(directory);
  const events: string[] = [];
  await crossValidate({
    data: [corpus],
    recipe: { ...tinyRecipe, augmentation },
    protocol: 'random',
    seeds: [0, 1],
    jobs: 2,
    outDirectory: join(directory, 'out'),
    onEvent: ({ type }) => events.push(type),
  });
  const { clips } = await readDataset([corpus]);
  const firstRun = events.indexOf('run');
  expect(events.lastIndexOf('features')).toBeLessThan(firstRun);
  // Once for the clips as they are, once for their copies.
  expect(events.filter((type) => type === 'features')).toHaveLength(2 * clips.length);
  expect(await listCopied(cache)).toHaveLength(augmentation.copies * clips.length);
}, 240_000);

const augmentation = {
  ...{ copies: 2, versionsPerEpoch: 2, speed: [0.9, 1.1] as [number, number] },
  ...{ pitchSemitones: null, rate: null, tiltDb: null, reverbDecaySec: null, gainDb: null },
  noiseSnrDb: [10, 30] as [number, number],
  ...{ lowestHz: null, highestHz: null },
};

/** The digests of the clips whose copies are in the cache, once for each copy. */
async function listCopied(cache: string): Promise<string[]> {
  const names = await readdir(join(cache, 'features'), { recursive: true });
  return names.flatMap((name) => /(\w{64})-\d+\.f32$/.exec(name)?.[1] ?? []);
}

async function expectOnlyTrainingCopies(
  cache: string,
  corpus: string,
  runDirectory: string,
): Promise<void> {
  const copied = await listCopied(cache);
  const { clips } = await readDataset([corpus]);
  const split = JSON.parse(await readFile(join(runDirectory, 'split.json'), 'utf8'));
  const training = clips.filter((clip) => split.train.includes(clipKey(clip)));
  expect(split.test.length).toBeGreaterThan(0);
  expect(training).toHaveLength(split.train.length);
  expect(copied).toHaveLength(2 * training.length);
  expect(new Set(copied)).toEqual(new Set(training.map(({ contentHash }) => contentHash)));
}
