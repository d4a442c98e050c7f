import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DownloadOptions, downloadFile } from '../../src/datasets/download-file.ts';
import { serve, startServer } from './hostile-server.ts';

const bytes = randomBytes(300_000);
const other = randomBytes(300_000);
const md5 = createHash('md5').update(bytes).digest('hex');

const { toUrl, requests } = startServer({
  good: serve(bytes),
  'breaks often': serve(bytes, { most: 90_000 }),
  'changes its file': (request, response, visit) =>
    serve(visit === 0 ? other : bytes, { tag: `v${visit}`, most: visit === 0 ? 100_000 : 300_000 })(
      request,
      response,
      visit,
    ),
  'knows no ranges': (_, response, visit) => {
    response.writeHead(200, { 'content-length': bytes.length });
    if (visit > 0) response.end(bytes);
    else response.write(bytes.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
  },
  'says too much': (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length + 1000 });
    response.write(bytes, () => setTimeout(() => response.destroy(), 20));
  },
  'says another length': (_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.end(bytes.subarray(0, 1000));
  },
  'sends another range': (request, response, visit) => {
    if (visit !== 1)
      return serve(bytes, { most: visit === 0 ? 90_000 : 300_000 })(request, response, visit);
    response.writeHead(206, { 'content-range': 'bytes 0-299999/300000' });
    response.end(bytes);
  },
  'never ends': (_, response) => {
    const timer = setInterval(() => response.write(bytes), 5);
    response.on('close', () => clearInterval(timer));
  },
  'falls silent': (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000));
  },
  'is busy twice': (request, response, visit) => {
    if (visit < 2) response.writeHead(503).end();
    else return serve(bytes)(request, response, visit);
  },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ser-download-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function download(name: string, options: Partial<DownloadOptions> = {}): Promise<void> {
  return downloadFile(toUrl(name), {
    ...{ path: join(folder, 'file'), maxBytes: 1e6, retryMs: [1, 1, 1, 1] },
    checksum: { algorithm: 'md5', value: md5 },
    ...options,
  });
}

function rangesOf(name: string): (string | undefined)[] {
  return requests.filter((request) => request.name === name).map(({ range }) => range);
}

it.each([
  'good',
  'breaks often',
  'changes its file',
  'knows no ranges',
  'sends another range',
  'is busy twice',
])('gets the whole file from a server that %s', async (name) => {
  const progress: number[] = [];
  await download(name, { onProgress: (done) => progress.push(done) });
  expect(readFileSync(join(folder, 'file')).equals(bytes)).toBe(true);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(progress.at(-1)).toBe(bytes.length);
});

it('asks only for the rest', async () => {
  await download('breaks often');
  const ranges = rangesOf('breaks often').slice(-4);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.slice(1)).toEqual(['bytes=90000-', 'bytes=180000-', 'bytes=270000-']);
});

it('goes on in a later call', async () => {
  const error = await download('breaks often', { retryMs: [] }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(error.message).toMatch(/broke off after 90000/);
  expect(statSync(join(folder, 'file.part')).size).toBe(90_000);
  await download('breaks often');
  expect(rangesOf('breaks often').at(-1)).toBe('bytes=270000-');
  expect(readFileSync(join(folder, 'file')).equals(bytes)).toBe(true);
});

it.each([
  ['says too much', {}, /broke off after \d+ bytes/],
  [
    'says another length',
    { byteLength: bytes.length },
    /has 1000 bytes; the published file has 300000/,
  ],
  ['good', { maxBytes: 100_000 }, /more than 100000 bytes/],
  ['never ends', { checksum: null }, /more than 1000000 bytes/],
  ['falls silent', { idleMs: 50, retryMs: [1] }, /nothing came for 0.05 s/],
  ['is not there', {}, /the server answered 404/],
] as const)('refuses a server that %s', async (name, options, reason) => {
  const error = await download(name, options).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(error.message).toMatch(reason);
  expect(existsSync(join(folder, 'file'))).toBe(false);
});

it('refuses a wrong checksum, and keeps nothing of the file', async () => {
  const checksum = { algorithm: 'sha256', value: '0'.repeat(64) } as const;
  const error = await download('good', { checksum }).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'DOWNLOAD_FAILED' });
  expect(error.message).toMatch(
    /not the file that was published: its sha256 is [0-9a-f]{64}, not 0+\./,
  );
  expect(readdirSync(folder)).toEqual([]);
});

it('stops at a signal, and keeps the part', async () => {
  const controller = new AbortController();
  const error = await download('never ends', {
    ...{ checksum: null, maxBytes: 1e9, signal: controller.signal },
    onProgress: (done) => done > 400_000 && controller.abort(),
  }).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'ABORTED' });
  expect(existsSync(join(folder, 'file'))).toBe(false);
  expect(statSync(join(folder, 'file.part')).size).toBeGreaterThan(0);
});
