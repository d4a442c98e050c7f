import { cp, mkdir, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Clip, type Dataset, readDataset, splitDataset } from '@ser/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { askPeer, pickClips } from '../support/real-data.ts';
import { runCommand, runSer, serPath } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const copies = join(folder, 'copies');
const originals = [...pickClips('ravdess', 12), ...pickClips('crema-d', 12)];
const labels = ['happy', 'sad', 'angry'];
const ways = [
  ...['mp3', 'opus', 'vorbis', 'at-8-kHz', 'at-48-kHz', 'quieter', 'trimmed', 'in-noise'],
  ...['turned', 'padded', 'stereo', 'offset', 'mu-law', 'several-at-once'],
];

/** One folder a label, of names that say nothing of which recording it is. */
async function sortIntoLabels(name: string, files: readonly string[]): Promise<string> {
  for (const [number, file] of files.entries()) {
    const label = labels[number % labels.length]!;
    await mkdir(join(folder, name, label), { recursive: true });
    const target = `${name}${number % 4}_${number}${extname(file)}`;
    await cp(file, join(folder, name, label, target));
  }
  return join(folder, name);
}

beforeAll(async () => {
  expect(await askPeer<string[]>('twin_clips.py', [copies, ...originals])).toEqual(ways);
  await sortIntoLabels('ours', originals);
  for (const way of ways) {
    const files = (await readdir(join(copies, way))).sort(
      (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
    );
    await sortIntoLabels(
      way,
      files.map((file) => join(copies, way, file)),
    );
  }
});

const idsOf = (clips: readonly Clip[]) => clips.map(({ id }) => id.replace(/^.*_|\.\w+$/g, ''));

describe('the same recordings in another folder', () => {
  it.each(ways)('%s: each is found, and none is taken for another', async (way) => {
    const { clips, skipped } = await readDataset([join(folder, 'ours'), join(folder, way)]);
    expect(skipped.map(({ kind }) => kind)).toEqual(originals.map(() => 'twin'));
    for (const { reason } of skipped)
      expect(reason).toMatch(/^the same recording as .* by its sound$/);
    // One of each recording is left.
    expect(idsOf(clips).sort()).toEqual(originals.map((_, number) => `${number}`).sort());
  });

  it('leave nothing that a split could have on two sides, with all copies in one dataset', async () => {
    const dataset: Dataset = await readDataset(['ours', ...ways].map((name) => join(folder, name)));
    expect(dataset.clips).toHaveLength(originals.length);
    const split = splitDataset({ ...dataset }, { protocol: 'all' });
    expect(new Set(idsOf(split.train)).size).toBe(originals.length);
  });

  it('are said by datasets check and by datasets split', async () => {
    const data = [join(folder, 'ours'), join(folder, 'mp3')];
    const { stdout, exitCode } = await runSer(['datasets', 'check', ...data]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('warning: 24 files are the same recording as others');
    const out = join(folder, 'split.json');
    const split = ['datasets', 'split', ...data, '--protocol', 'random', '--out', out];
    const { stderr } = await runCommand(process.execPath, [serPath, ...split]);
    expect(stderr).toContain('warning: 24 files are the same recording as others');
  });
});
