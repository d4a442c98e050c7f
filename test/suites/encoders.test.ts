import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEncoderFile } from '@ser/encoders';
import { describe, expect, it } from 'vitest';
import { type Behaviour, serve, startServer } from '../../apps/cli/test/datasets/hostile-server.ts';
import { root, runSer } from '../support/run-ser.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const folder = makeTemporaryFolder();
const cache = join(folder, 'cache');
const fixtures = join(root, 'packages/encoders/test/fixtures');
const tiny = readFileSync(join(fixtures, 'whisper.float16.safetensors'));
const sha256 = createHash('sha256').update(tiny).digest('hex');

/** As the model hub does: the first answer states length and SHA-256 and leads to the file. */
function leadTo(target: string, stated: Record<string, string>): Behaviour {
  return (_, response) => void response.writeHead(302, { location: target, ...stated }).end();
}

const linked = { 'x-linked-etag': `"${sha256}"`, 'x-linked-size': String(tiny.length) };
const { toUrl } = startServer({
  weights: serve(tiny),
  hub: leadTo('/weights', linked),
  'moved hub': leadTo('/hub', {}),
  'wrong hub': leadTo('/weights', { ...linked, 'x-linked-etag': `"${'0'.repeat(64)}"` }),
  'short hub': leadTo('/weights', { ...linked, 'x-linked-size': '100' }),
  nonsense: serve(Buffer.from('no weights at all')),
});

function ser(...args: string[]) {
  return runSer(['encoders', ...args], { env: { SER_CACHE_DIR: cache } });
}

function download(from: string, ...args: string[]) {
  return ser('download', 'whisper-tiny.en', '--mirror', toUrl(from), '--accept-licence', ...args);
}

describe('ser encoders download', () => {
  it.each(['hub', 'moved hub', 'weights'])('installs what %s leads to', async (name) => {
    const out = join(folder, `from ${name}`);
    const { exitCode, stdout, stderr } = await download(name, '--out', out, '--states', '1,3');
    expect(stderr).toMatch(/licence: {2}MIT, stated at https:/);
    const path = join(out, 'whisper-tiny.en.onnx');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: `${path}\n` });
    expect(readEncoderFile(readFileSync(path))).toMatchObject({
      ...{ name: 'whisper-tiny.en', licence: 'MIT', languages: ['en'], layers: [1, 3] },
      source: expect.stringContaining(`SHA-256 ${sha256}`),
    });
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
  });

  it.each([
    ['wrong hub', /its sha256 is [0-9a-f]{64}, not 0000/],
    ['short hub', /the published file has 100/],
    ['is not there', /the server answered 404/],
    ['nonsense', /no safetensors file/],
  ])('refuses what %s gives', async (name, message) => {
    const { exitCode, stdout, stderr } = await download(name);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(join(cache, 'encoders'))).toBe(false);
  });

  it('asks for the licence', async () => {
    const { exitCode, stderr } = await ser(
      'download',
      'whisper-base',
      '--mirror',
      toUrl('weights'),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/nobody is there to accept the licence/);
  });
});

describe('ser encoders import, list and check', () => {
  it('installs a folder, lists it and checks it', async () => {
    const model = join(folder, 'a whisper');
    mkdirSync(model);
    for (const [from, to] of [
      ['whisper.safetensors', 'model.safetensors'],
      ['whisper.config.json', 'config.json'],
    ]) {
      writeFileSync(join(model, to!), readFileSync(join(fixtures, from!)));
    }
    const about = ['--licence', 'MIT', '--languages', 'en,de', '--layers', '2'];
    const { exitCode, stdout } = await ser('import', model, '--name', 'mine', ...about);
    const path = join(cache, 'encoders', 'mine.onnx');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${path}\n` });
    writeFileSync(join(cache, 'encoders', 'other.onnx'), 'not an encoder');
    const { installed, known } = JSON.parse((await ser('list', '--json')).stdout);
    expect(known).toContainEqual(
      expect.objectContaining({ name: 'whisper-base', layers: 6, width: 512, licence: 'MIT' }),
    );
    const manifest = { name: 'mine', licence: 'MIT', languages: ['en', 'de'], layers: [0, 1, 2] };
    expect(installed).toEqual([
      expect.objectContaining({ path, manifest: expect.objectContaining(manifest) }),
    ]);
    const { stdout: text } = await ser('list');
    expect(text).toMatch(/^mine +0\.0 +MIT +0 1 2 +12 +en de$/m);
    const check = await ser('check', 'mine', '--json');
    expect(JSON.parse(check.stdout).findings).toEqual(
      ['finite', 'depends on the input', 'depends on the length', 'padding'].map((name) =>
        expect.objectContaining({ name, isRight: true }),
      ),
    );
    expect(check.exitCode).toBe(0);
    expect((await ser('check', path)).stdout).toMatch(
      /^ok: padding \(a clip alone and in a batch/m,
    );
  });

  it.each([
    [['import', 'docs-that-are-not', '--name', 'a'], 1, /There is no file or folder docs-that/],
    [['import', root.concat('docs'), '--name', 'a'], 1, /holds no encoder that can be imported/],
    [['import', join(fixtures, 'whisper.int8.model.bin'), '--name', 'A'], 1, /wrong at name/],
    [
      ['import', join(fixtures, 'whisper.int8.model.bin'), '--name', 'a', '--layers', '9'],
      2,
      /layers is 9; the weights have 3 layers/,
    ],
    [['import', 'x', '--name', 'a', '--states', '1,x'], 2, /whole number from 0/],
    [['check', 'absent'], 1, /There is no encoder absent: it is not installed/],
    [['check', join(root, 'models/small.onnx')], 1, /is no encoder, and no model/],
  ])('refuse %j', async (args, expectedCode, message) => {
    const { exitCode, stdout, stderr } = await ser(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: expectedCode, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
