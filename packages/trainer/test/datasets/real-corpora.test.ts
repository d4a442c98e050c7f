import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readDataset } from '../../src/datasets/read-dataset.ts';

const data =
  process.env.SER_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

describe.skipIf(!existsSync(join(data, 'ravdess')))('readDataset on real clips', () => {
  it('counts the clips of each corpus and drops the one pair of twins', async () => {
    const names = ['ravdess', 'emodb', 'crema-d'];
    const dataset = await readDataset(names.map((name) => join(data, name)));
    expect(dataset.corpora.map(({ name, clips, speakers }) => [name, clips, speakers])).toEqual([
      ['ravdess', 1439, 24],
      ['emodb', 535, 10],
      ['crema-d', 2933, 36],
    ]);
    expect(dataset.skipped.map(({ reason }) => reason)).toEqual([
      'byte-identical to ravdess/Actor_07/03-01-03-01-02-01-07.flac',
    ]);
    expect(dataset.labels).toHaveLength(9);
  });

  it('reads clips as published', async () => {
    const { clips } = await readDataset([join(data, 'ravdess-original')]);
    expect(clips).toHaveLength(9);
  });
});
