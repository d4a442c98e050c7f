import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { corpusLimits, unpackZip } from '../../src/datasets/unpack-zip.ts';

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ser-zip-'));
  out = join(folder, 'out');
  mkdirSync(out);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Entry = [name: string, content: Buffer | string, mode?: number];

async function zip(
  entries: readonly Entry[],
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
) {
  const archive = new ZipFile();
  for (const [name, content, mode = 0o100_644] of entries) {
    archive.addBuffer(Buffer.from(content), name, { mode });
  }
  archive.end();
  const path = join(folder, 'archive.zip');
  writeFileSync(path, change(await buffer(archive.outputStream as NodeJS.ReadableStream)));
  return path;
}

/** Puts other bytes in place of a text, everywhere. */
function replace(from: string, to: string): (bytes: Buffer) => Buffer {
  return (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

const unpack = (path: string, limits = {}) =>
  unpackZip(path, out, { entries: /\.wav$/, limits: { ...corpusLimits, ...limits } });

it('unpacks what is asked for, in its folders, and nothing else', async () => {
  const path = await zip([
    ['Actor_01/a.wav', 'first'],
    ['Actor_02/b.wav', 'second'],
    ['README.txt', 'words'],
    ['__MACOSX/Actor_01/._a.wav', 'noise'],
    ['.hidden/c.wav', 'noise'],
  ]);
  expect(await unpack(path)).toBe(2);
  expect(readFileSync(join(out, 'Actor_01/a.wav'), 'utf8')).toBe('first');
  expect(readdirSync(out, { recursive: true }).sort()).toEqual([
    ...['Actor_01', 'Actor_01/a.wav', 'Actor_02', 'Actor_02/b.wav'],
  ]);
});

const silence = Buffer.alloc(20_000_000);

it.each<[string, readonly Entry[], ((bytes: Buffer) => Buffer) | undefined, object, RegExp]>([
  ['a name that climbs out', [['xx/evil.wav', 'x']], replace('xx/evil', '../evil'), {}, /\.\./],
  [
    'a name that climbs out later',
    [['a/xx/xx/evil.wav', 'x']],
    replace('xx/xx', '../..'),
    {},
    /\.\./,
  ],
  ['an absolute name', [['xtmp/evil.wav', 'x']], replace('xtmp/evil', '/tmp/evil'), {}, /absolute/],
  [
    'a name of another system',
    [['xx/evil.wav', 'x']],
    replace('xx/evil', 'C:\\evil'),
    {},
    /invalid|absolute/,
  ],
  ['a link', [['a.wav', '/etc/passwd', 0o120_777]], undefined, {}, /a\.wav is a link or a device/],
  ['a device', [['a.wav', '', 0o020_666]], undefined, {}, /a\.wav is a link or a device/],
  ['a bomb', [['a.wav', silence]], undefined, {}, /a\.wav would grow to \d+ times/],
  [
    'too much in all',
    [
      ['a.wav', 'aaaa'],
      ['b.wav', 'bbbb'],
    ],
    undefined,
    { totalBytes: 6 },
    /limit of bytes/,
  ],
  [
    'too many entries',
    [
      ['a.wav', 'a'],
      ['b.wav', 'b'],
    ],
    undefined,
    { entries: 1 },
    /2 entries; at most 1/,
  ],
  [
    'a name twice',
    [
      ['a.wav', 'a'],
      ['a.wav', 'b'],
    ],
    undefined,
    {},
    /a\.wav twice/,
  ],
  ['damage', [['a.wav', 'some text, some text']], (bytes) => flipBit(bytes, 40), {}, /./],
  ['no clip', [['README.txt', 'words']], undefined, {}, /none of the files/],
  ['no archive', [], () => Buffer.from('<html>not found</html>'), {}, /./],
  ['half an archive', [['a.wav', 'text']], (bytes) => bytes.subarray(0, -30), {}, /./],
])('refuses %s', async (_, entries, change, limits, reason) => {
  const path = await zip(entries, change);
  const error = await unpack(path, limits).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'ARCHIVE_INVALID' });
  expect(error.message).toMatch(reason);
  expect(error.message).toMatch(/^The archive \S+ is refused: .+\.$/);
  expect(existsSync(join(folder, 'evil.wav'))).toBe(false);
  expect(existsSync('/tmp/evil.wav')).toBe(false);
});

it('counts what an entry holds, not what it says of itself', async () => {
  const stated = Buffer.alloc(4);
  stated.writeUInt32LE(silence.length);
  const path = await zip(
    [['a.wav', silence]],
    replace(stated.toString('latin1'), '\x10\x00\x00\x00'),
  );
  const error = await unpack(path).catch((caught) => caught);
  expect(error).toMatchObject({ code: 'ARCHIVE_INVALID' });
});

function flipBit(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}
