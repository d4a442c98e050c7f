import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evictFeatures, markUsed } from '../../src/features/evict-features.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.now();
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ser-evict-'));
  for (const [name, days] of Object.entries({ oldest: 9, old: 5, lately: 0.5 })) {
    await mkdir(join(root, name, 'ab'), { recursive: true });
    await writeFile(join(root, name, 'ab', 'clip.f32'), new Uint8Array(1000));
    const used = new Date(now - days * day);
    await utimes(join(root, name), used, used);
  }
});

afterAll(() => rm(root, { recursive: true }));

test('within the limit nothing goes', async () => {
  expect(await evictFeatures({ root, limitBytes: 3000, now })).toEqual([]);
});

test('the longest unused goes first, and no more than has to', async () => {
  expect(await evictFeatures({ root, limitBytes: 2500, now })).toEqual([join(root, 'oldest')]);
  expect((await readdir(root)).sort()).toEqual(['lately', 'old']);
});

test('what was used within a day stays, whatever the limit', async () => {
  await markUsed(join(root, 'old'));
  expect(await evictFeatures({ root, limitBytes: 0, now })).toEqual([]);
});

test('a folder that is not there holds nothing', async () => {
  expect(await evictFeatures({ root: join(root, 'none'), limitBytes: 0 })).toEqual([]);
});
