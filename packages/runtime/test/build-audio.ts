import { createCrc } from '../src/core/audio/bytes/crc.ts';

/** Bytes of numbers, strings (one byte a character) and other bytes, one behind the other. */
export function join(...parts: (string | Uint8Array | readonly number[])[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
      ),
    ),
  );
}

/** A number as bytes, the lowest first. */
export function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
}

/** A number as bytes, the highest first. */
export function bigEndian(value: number, bytes: number): number[] {
  return littleEndian(value, bytes).reverse();
}

/** Fields of a 'fmt ' chunk, right or wrong. */
export interface WaveFields {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  align?: number;
  /** What follows the usual 16 bytes. */
  extension?: readonly number[];
}

export function formatChunk(fields: WaveFields): Uint8Array {
  const { tag = 1, channels = 1, rate = 16_000, bits = 16, extension = [] } = fields;
  const align = fields.align ?? (channels * bits) / 8;
  return chunk('fmt ', [
    ...littleEndian(tag, 2),
    ...littleEndian(channels, 2),
    ...littleEndian(rate, 4),
    ...littleEndian(rate * align, 4),
    ...littleEndian(align, 2),
    ...littleEndian(bits, 2),
    ...extension,
  ]);
}

/** A chunk of RIFF, padded; its header may promise another size. */
export function chunk(
  name: string,
  body: Uint8Array | readonly number[],
  promised: number = body.length,
): Uint8Array {
  return join(name, littleEndian(promised, 4), body, body.length % 2 === 0 ? [] : [0]);
}

/** A file of chunks; its header may promise another size. */
export function riff(chunks: readonly Uint8Array[], promised?: number): Uint8Array {
  const body = join('WAVE', ...chunks);
  return join('RIFF', littleEndian(promised ?? body.length, 4), body);
}

export function wav(
  samples: Uint8Array,
  fields: WaveFields = {},
  sizes: { data?: number; riff?: number } = {},
): Uint8Array {
  return riff([formatChunk(fields), chunk('data', samples, sizes.data)], sizes.riff);
}

/** Numbers from -1 to 1 as whole ones of 16 bits. */
export function toInt16(samples: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32767)).buffer);
}

/** An empty ID3v2 tag of this many bytes. */
export function id3v2(bytes: number): Uint8Array {
  const size = bytes - 10;
  return join('ID3', [4, 0, 0, 0, 0, size >> 7, size & 127], new Uint8Array(size));
}

export const id3v1: Uint8Array = join('TAG', 'a title'.padEnd(125, '\0'));

export const lyrics3: Uint8Array = join('LYRICSBEGIN', 'IND0000210', '000021LYRICS200');

/** An APE tag of one item, with or without the header that the second version brought. */
export function ape(hasHeader: boolean): Uint8Array {
  const item = join(littleEndian(4, 4), [0, 0, 0, 0], 'Title\0note');
  const version = hasHeader ? 2000 : 1000;
  const mark = (flags: number) =>
    join(
      'APETAGEX',
      ...[version, item.length + 32, 1, flags].map((value) => littleEndian(value, 4)),
      new Uint8Array(8),
    );
  return hasHeader ? join(mark(0xa000_0000), item, mark(0x8000_0000)) : join(item, mark(0));
}

/** A page of Ogg, to be changed and put together again. */
export interface Page {
  flags: number;
  granule: number;
  serial: number;
  sequence: number;
  lacing: Uint8Array;
  body: Uint8Array;
}

export function splitPages(ogg: Uint8Array): Page[] {
  const pages: Page[] = [];
  const view = new DataView(ogg.buffer, ogg.byteOffset, ogg.length);
  for (let at = 0; at < ogg.length; ) {
    const start = at + 27 + ogg[at + 26]!;
    const lacing = ogg.slice(at + 27, start);
    const end = start + lacing.reduce((sum, size) => sum + size, 0);
    pages.push({
      flags: ogg[at + 5]!,
      granule: Number(view.getBigInt64(at + 6, true)),
      serial: view.getUint32(at + 14, true),
      sequence: view.getUint32(at + 18, true),
      lacing,
      body: ogg.slice(start, end),
    });
    at = end;
  }
  return pages;
}

const crc32 = createCrc(32, 0x04c11db7);

export function joinPages(pages: readonly Page[]): Uint8Array {
  return join(
    ...pages.map(({ flags, granule, serial, sequence, lacing, body }) => {
      const bytes = join(
        'OggS',
        [0, flags],
        littleEndian(granule, 8),
        littleEndian(serial, 4),
        littleEndian(sequence, 4),
        [0, 0, 0, 0, lacing.length],
        lacing,
        body,
      );
      new DataView(bytes.buffer).setUint32(22, crc32(bytes, 0, bytes.length), true);
      return bytes;
    }),
  );
}

/** Where the frames of a FLAC file begin that follow one another by number, 16 at most. */
export function findFlacFrames(flac: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 42; at < flac.length - 5; at++) {
    const isSync = flac[at] === 0xff && flac[at + 1] === 0xf8;
    if (isSync && flac[at + 4] === starts.length) starts.push(at);
  }
  return starts;
}
