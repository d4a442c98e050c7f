import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClassifier, type Prediction } from '@ser/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesiseVoice } from '../../packages/runtime/test/synthetic-voice.ts';
import { encodeFloatWav } from '../support/encode-float-wav.ts';
import { root, runSer } from '../support/run-ser.ts';
import { ServeProcess, tinyModelPath } from '../support/serve-process.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const clipFolder = join(root, 'packages/runtime/test/fixtures/clips');
const goodClips = ['pcm16.wav', 'flac16.flac', 'mono16k.mp3', 'mono16k.ogg', 'stereo.opus'];
const readClip = (name: string) => new Uint8Array(readFileSync(join(clipFolder, name)));
const folder = makeTemporaryFolder();
let server: ServeProcess;
let expected: Map<string, Prediction>;

beforeAll(async () => {
  server = await ServeProcess.start(['--workers', '2'], { TMPDIR: folder });
  const classifier = await createClassifier(tinyModelPath);
  expected = new Map();
  for (const name of goodClips) expected.set(name, await classifier.predict(readClip(name)));
  await classifier.dispose();
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  expect(server.complaints).toBe('');
  expect(readdirSync(folder)).toEqual([]);
});

function makeForm(files: Record<string, Uint8Array<ArrayBuffer>>): FormData {
  const form = new FormData();
  for (const [name, bytes] of Object.entries(files)) form.append('file', new Blob([bytes]), name);
  return form;
}

describe('a parameter that an address does not take', () => {
  it.each(['/v1/model', '/healthz', '/readyz', '/metrics', '/docs', '/openapi.json'])(
    'is refused by GET %s',
    async (path) => {
      const response = await fetch(`${server.url}${path}?top=2`);
      const { code, message } = (await response.json()) as { code: string; message: string };
      expect({ status: response.status, code }).toEqual({ status: 400, code: 'REQUEST_INVALID' });
      expect(message).toContain('"top"');
    },
  );

  it('is refused by POST /v1/predict, and so is one that is given twice', async () => {
    const clip = readClip('pcm16.wav');
    const unknown = await server.post('/v1/predict?top=2', clip);
    expect(unknown).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(unknown.body.message).toContain('"top"');
    const twice = await server.post('/v1/timeline?format=vtt&format=csv', clip);
    expect(twice).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(twice.body.message).toContain('format in the query is given twice');
  });
});

describe('a clip that came as a form field', () => {
  const type = 'application/x-www-form-urlencoded';

  it.each(['/v1/predict', '/v1/timeline'])(
    'is refused by %s with the way to send it',
    async (path) => {
      for (const name of ['pcm16.wav', 'flac16.flac']) {
        // As curl -d reads a file.
        const body = readClip(name).filter((byte) => byte !== 0 && byte !== 10 && byte !== 13);
        const answer = await server.post(path, body, { 'content-type': type });
        expect([415, 422]).toContain(answer.status);
        expect(answer.body.code).toMatch(/^AUDIO_/);
        expect(answer.body.message).toContain(type);
        expect(answer.body.message).toContain('--data-binary');
      }
    },
  );

  it('is judged where it is whole, as curl --data-binary sends it', async () => {
    const { status } = await server.post('/v1/predict', readClip('pcm16.wav'), {
      'content-type': type,
    });
    expect(status).toBe(200);
  });
});

describe('POST /v1/predict', () => {
  it.each(goodClips)('says of %s what the runtime says', async (name) => {
    expect(await server.post('/v1/predict', readClip(name))).toEqual({
      status: 200,
      body: expected.get(name),
    });
  });

  it('answers among the labels that are asked for', async () => {
    const name = goodClips[0]!;
    const { probabilities } = expected.get(name)!;
    const [first, second] = Object.keys(probabilities) as [string, string];
    const { status, body } = await server.post(
      `/v1/predict?labels=${first},${second}`,
      readClip(name),
    );
    expect(status).toBe(200);
    const share = probabilities[first]! / (probabilities[first]! + probabilities[second]!);
    expect(body.probabilities[first]).toBeCloseTo(share, 5);
    expect(Object.keys(body.probabilities)).toEqual([first, second]);
    expect(await server.post('/v1/predict?labels=glad,sad', readClip(name))).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT' },
    });
  });

  it('takes many files at a time; bad ones cost the others nothing', async () => {
    const files = Object.fromEntries(goodClips.map((name) => [name, readClip(name)]));
    const form = makeForm({
      'nothing.wav': new Uint8Array(0),
      ...files,
      'aac.m4a': readClip('aac.m4a'),
      'cut.flac': readClip('flac16.flac').slice(0, 2000),
    });
    const { status, body } = await server.post('/v1/predict', form);
    expect(status).toBe(200);
    expect(body.results).toEqual([
      { name: 'nothing.wav', error: { code: 'AUDIO_EMPTY', message: expect.any(String) } },
      ...goodClips.map((name) => ({ name, prediction: expected.get(name) })),
      { name: 'aac.m4a', error: { code: 'AUDIO_UNSUPPORTED', message: expect.any(String) } },
      { name: 'cut.flac', error: { code: 'AUDIO_DECODE_FAILED', message: expect.any(String) } },
    ]);
  });

  it('answers 64 requests at once, each with its own', async () => {
    const names = Array.from({ length: 64 }, (_, at) => goodClips[at % goodClips.length]!);
    const answers = await Promise.all(
      names.map((name) => server.post('/v1/predict', readClip(name))),
    );
    expect(answers.map(({ body }) => body)).toEqual(names.map((name) => expected.get(name)));
  });

  it.each([
    ['nothing', new Uint8Array(0), 422, 'AUDIO_EMPTY'],
    ['text', 'not audio', 415, 'AUDIO_UNSUPPORTED'],
    ['silence', encodeFloatWav(new Float32Array(16_000)), 422, 'AUDIO_SILENT'],
    ['a click', encodeFloatWav(new Float32Array(20).fill(0.5)), 422, 'AUDIO_TOO_SHORT'],
    ['NaN', encodeFloatWav(new Float32Array(16_000).fill(Number.NaN)), 422, 'AUDIO_NOT_FINITE'],
  ] as const)('refuses %s', async (_, content, status, code) => {
    const answer = await server.post('/v1/predict', content);
    expect(answer).toEqual({ status, body: { code, message: expect.stringMatching(/\.$/) } });
  });
});

describe('POST /v1/timeline', () => {
  const rate = 16_000;
  const talk = new Float32Array(8 * rate);
  for (const startSec of [1, 5]) talk.set(synthesiseVoice(2, rate), startSec * rate);
  const recording = encodeFloatWav(talk, rate);

  it('finds both voices', async () => {
    const { status, body } = await server.post('/v1/timeline', recording);
    expect(status).toBe(200);
    expect(body).toHaveLength(2);
    for (const [at, { startSec, endSec, label, confidence }] of body.entries()) {
      expect(Math.abs(startSec - [1, 5][at]!)).toBeLessThan(0.25);
      expect(Math.abs(endSec - [3, 7][at]!)).toBeLessThan(0.25);
      expect({ label, confidence }).toEqual({
        label: expect.any(String),
        confidence: expect.any(Number),
      });
    }
  });

  it.each([
    ['csv', 'text/csv', /^startSec,endSec,label,confidence\n(.+\n){2}$/],
    ['vtt', 'text/vtt', /^WEBVTT\n(\n.+ --> .+\n.+\n){2}$/],
    ['audacity', 'text/plain', /^([\d.]+\t[\d.]+\t.+\n){2}$/],
    ['text', 'text/plain', /^([\d:.]+ - .+\n){2}$/],
  ])('writes %s', async (format, type, pattern) => {
    const response = await fetch(`${server.url}/v1/timeline?format=${format}&hopSec=2`, {
      method: 'POST',
      body: makeForm({ 'talk.wav': new Uint8Array(recording) }),
    });
    expect(response.headers.get('content-type')).toContain(type);
    expect(await response.text()).toMatch(pattern);
  });

  it.each(['format=mp4', 'hopSec=0', 'windowSec=soon', 'path=/etc/passwd'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await server.post(`/v1/timeline?${query}`, recording);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'REQUEST_INVALID' });
      expect(body.message).toContain(query.split('=')[0]);
    },
  );

  it('takes one recording only', async () => {
    const bytes = new Uint8Array(recording);
    const form = makeForm({ 'a.wav': bytes, 'b.wav': bytes });
    const { status, body } = await server.post('/v1/timeline', form);
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'TOO_MANY_FILES' });
  });
});

describe('the other addresses', () => {
  const read = async (path: string) => (await fetch(server.url + path)).text();

  it('tells of the model', async () => {
    const { manifest, labels, limits } = JSON.parse(await read('/v1/model'));
    expect(labels).toEqual(manifest.labels);
    expect(limits).toMatchObject({ maxBodyBytes: 32 * 2 ** 20, maxFiles: 32 });
  });

  it('is healthy and ready', async () => {
    expect(JSON.parse(await read('/healthz'))).toEqual({ status: 'ok' });
    expect(JSON.parse(await read('/readyz'))).toEqual({ status: 'ready' });
  });

  it('counts', async () => {
    const counted = () => server.readMetric('ser_clips_total{outcome="ok"}');
    const before = await counted();
    await server.post('/v1/predict', readClip('pcm16.wav'));
    expect(await counted()).toBe(before + 1);
    expect(await server.readMetric('ser_workers ')).toBe(2);
    expect(await server.readMetric('ser_upload_bytes ')).toBe(0);
  });

  it('describes itself: every reference leads somewhere, every path answers', async () => {
    const text = await read('/openapi.json');
    const document = JSON.parse(text);
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.components.schemas).sort()).toEqual(
      ['Error', 'Model', 'Outcomes', 'Prediction', 'Segment', 'StreamMessage'].sort(),
    );
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(5);
    for (const [, name] of references) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    for (const [path, methods] of Object.entries(document.paths)) {
      const [method] = Object.keys(methods as object);
      const { status } = await fetch(server.url + path, { method: method!.toUpperCase() });
      expect(status, path).not.toBe(404);
      expect(status, path).not.toBe(405);
    }
  });

  it('serves pages that call no other host', async () => {
    for (const path of ['/docs', '/']) {
      const response = await fetch(server.url + path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
      expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
    }
    expect(await read('/docs')).toContain('POST /v1/predict');
  });

  it('gives the web demo the model that it serves', async () => {
    const page = await read('/');
    const [, script] = /<script[^>]* src="\.?\/?([^"]+)"/.exec(page)!;
    expect((await fetch(`${server.url}/${script}`)).headers.get('content-type')).toMatch(
      /^text\/javascript/,
    );
    const dist = join(root, 'apps/web-demo/dist/assets');
    const model = readdirSync(dist).find((name) => /^model-.*\.onnx$/.test(name))!;
    const served = await (await fetch(`${server.url}/assets/${model}`)).arrayBuffer();
    expect(Buffer.from(served).equals(readFileSync(tinyModelPath))).toBe(true);
    const small = readdirSync(dist).find((name) => /^small-.*\.onnx$/.test(name))!;
    expect((await fetch(`${server.url}/assets/${small}`)).status).toBe(404);
    expect(page).toContain('<meta name="models" content="default" />');
    const worker = await read('/service-worker.js');
    expect(worker).toContain(`"assets/${model}"`);
    expect(worker).not.toContain(small);
  });

  it('precedes the default model with the small one', async () => {
    const own = await ServeProcess.start(['--model', 'default', '--workers', '1']);
    const page = await (await fetch(own.url)).text();
    expect(page).toContain('<meta name="models" content="small default" />');
    const dist = join(root, 'apps/web-demo/dist/assets');
    for (const name of readdirSync(dist).filter((name) => /^(small|model)-/.test(name))) {
      const response = await fetch(`${own.url}/assets/${name}`);
      expect(response.headers.get('cache-control')).toContain('immutable');
      const file = name.startsWith('small') ? 'small.onnx' : 'model.onnx';
      const shipped = readFileSync(join(root, 'models', file));
      expect(Buffer.from(await response.arrayBuffer()).equals(shipped)).toBe(true);
    }
    expect(await own.stop()).toBe(0);
  });

  it.each([
    '/nothing',
    '/v1/nothing',
    '/assets/..%2f..%2fpackage.json',
    '/..%2f..%2f..%2fetc/passwd',
    '//etc/passwd',
    '/assets/',
  ])('knows no %s', async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('knows no other method', async () => {
    const response = await fetch(`${server.url}/v1/predict`);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });
});

describe('the log', () => {
  it('has a line a request, and nothing of people or audio', async () => {
    const form = makeForm({ 'secret-name.wav': readClip('pcm16.wav') });
    await server.post('/v1/predict', form, { 'user-agent': 'secret-agent' });
    await server.post('/v1/predict?who=secret-query', form, { 'user-agent': 'secret-agent' });
    const requests = server.log.filter(({ event }) => event === 'request');
    expect(requests.at(-1)).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(requests.at(-2)).toEqual({
      ...{ time: expect.any(String), level: 'info', event: 'request' },
      ...{ method: 'POST', route: '/v1/predict', status: 200, ms: expect.any(Number) },
    });
    const text = JSON.stringify(server.log.slice(1));
    expect(text).not.toMatch(/secret|127\.0\.0\.1|::1/);
  });
});

it('says in one sentence why it cannot start', async () => {
  const taken = await runSer(['serve', '--port', String(server.port), '--model', tinyModelPath]);
  expect(taken.exitCode).toBe(1);
  expect(taken.stderr).toMatch(/^ser: 127\.0\.0\.1:\d+ cannot be listened on: .+\.\n$/);
  const missing = await runSer(['serve', '--port', '0', '--model', 'missing.onnx']);
  expect(missing.stderr).toBe('ser: missing.onnx: There is no such file.\n');
  expect(missing.exitCode).toBe(1);
});
