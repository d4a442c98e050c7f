import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { readClip } from '../../src/core/audio/audio-stream.ts';
import { type ByteSource, openBlob, openBytes } from '../../src/core/audio/bytes/byte-source.ts';
import { openAudio } from '../../src/core/audio/decode-audio.ts';
import { catchSerError, readFixture, repairOggChecksums } from '../fixtures.ts';

/** More than one piece of the reader. */
const wantedBytes = 300_000;
const maxDurationSec = 10_000;

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A file whose frames come again and again. */
function repeat(head: Uint8Array, body: Uint8Array): Uint8Array {
  const rounds = Math.ceil(wantedBytes / body.length);
  return join([head, ...Array.from({ length: rounds }, () => body)]);
}

function makeWav(): Uint8Array {
  const bytes = readFixture('clips/pcm16-stereo.wav');
  const long = repeat(bytes.subarray(0, 44), bytes.subarray(44));
  new DataView(long.buffer).setUint32(40, long.length - 44, true);
  return long;
}

function makeFlac(): Uint8Array {
  const bytes = readFixture('clips/flac16-stereo.flac');
  let start = 4;
  for (let isLast = false; !isLast; ) {
    isLast = bytes[start]! >= 128;
    start += 4 + (new DataView(bytes.buffer).getUint32(start) % 2 ** 24);
  }
  // How many samples there are is not known.
  bytes[21]! &= 0xf0;
  bytes.fill(0, 22, 26);
  return repeat(bytes.subarray(0, start), bytes.subarray(start));
}

function makeMp3(): Uint8Array {
  const bytes = readFixture('clips/stereo.mp3');
  // The first frame holds the count of the others, and is left out.
  const isFrame = (at: number) => bytes[at] === 0xff && bytes[at + 1] === 0xfb;
  const [, second] = [...bytes.keys()].filter(isFrame);
  return repeat(new Uint8Array(), bytes.subarray(second));
}

/** Pages but the first two or so come again, with numbers and checksums of their own. */
function makeOgg(name: string): Uint8Array {
  const bytes = readFixture(`clips/${name}`);
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === 'OggS') starts.push(at);
  }
  const view = new DataView(bytes.buffer);
  const firstAudio = starts.findIndex((at) => view.getBigInt64(at + 6, true) > 0n);
  const head = bytes.subarray(0, starts[firstAudio]);
  const long = repeat(head, bytes.subarray(starts[firstAudio]));
  const longView = new DataView(long.buffer);
  let number = 0;
  for (let at = 0; at < long.length; ) {
    const segments = long.subarray(at + 27, at + 27 + long[at + 26]!);
    const end = at + 27 + segments.length + segments.reduce((sum, size) => sum + size, 0);
    longView.setUint32(at + 18, number++, true);
    if (number > firstAudio + 1) {
      longView.setBigInt64(at + 6, BigInt(2 ** 40), true);
      long[at + 5] = end === long.length ? 4 : 0;
    }
    at = end;
  }
  repairOggChecksums(long);
  return long;
}

it.each<[string, () => Uint8Array]>([
  ['WAV', makeWav],
  ['FLAC', makeFlac],
  ['MP3', makeMp3],
  ['Vorbis', () => makeOgg('stereo.ogg')],
  ['Opus', () => makeOgg('stereo.opus')],
])('%s read in pieces is what it is read at once', { timeout: 30_000 }, async (_, make) => {
  const bytes = make();
  expect(bytes.length).toBeGreaterThan(wantedBytes);
  let largest = 0;
  const inPieces = {
    ...openBytes(bytes),
    async read(start: number, end: number) {
      largest = Math.max(largest, end - start);
      return bytes.slice(start, end);
    },
  };
  const atOnce = { ...openBytes(bytes), read: async (start: number) => bytes.subarray(start) };
  const whole = await hash(atOnce);
  expect(await hash(inPieces)).toBe(whole);
  expect(largest).toBeLessThanOrEqual(1 << 20);
  expect(await hash(openBlob(new Blob([bytes as Uint8Array<ArrayBuffer>])))).toBe(whole);
});

async function hash(source: ByteSource): Promise<string> {
  const { samples } = await readClip(await openAudio(source, { maxDurationSec }));
  expect(samples.length).toBeGreaterThan(50_000);
  return createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex');
}

it('tells a file that shrinks while it is read', async () => {
  const bytes = makeWav();
  const source = {
    ...openBytes(bytes),
    read: async (start: number, end: number) => bytes.subarray(start, Math.min(end, 280_000)),
  };
  const stream = await openAudio(source, { maxDurationSec });
  const error = await catchSerError(() => readClip(stream));
  expect(error).toMatchObject({ code: 'AUDIO_DECODE_FAILED' });
  expect(error.message).toContain('it has become shorter');
});
