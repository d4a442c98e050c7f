import type { AudioPacket } from '../audio-packet.ts';
import type { ByteReader } from '../bytes/byte-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { type OggPage, OggPages } from './read-pages.ts';

/** One of the streams that follow one another in an Ogg file. */
export interface OggStream {
  /** Its first packet, by which its codec is known. */
  head: Uint8Array;
  /** The others; they are read before the next stream is asked for. */
  packets: AsyncGenerator<AudioPacket, undefined>;
}

/** Pages of one packet: 33 MB, room for the pictures that some players put beside the title. */
const mostPacketParts = 1 << 9;

/**
 * Yields the streams of an Ogg file (RFC 3533) that follow one another; of those side by side the
 * first that `isKnown`. Checks every page's number; a stream need not mark its last page, but may not
 * end within a packet.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or truncated.
 */
export async function* readOggStreams(
  reader: ByteReader,
  isKnown: (head: Uint8Array) => boolean,
): AsyncGenerator<OggStream, undefined> {
  const pages = new OggPages(reader);
  for (let page = await pages.take(); page; page = await pages.take()) {
    let first = page;
    const serials = new Set([first.serial]);
    for (let next = await pages.peek(); next?.isFirst; next = await pages.peek()) {
      const beside = (await pages.take())!;
      serials.add(beside.serial);
      if (!isKnown(first.data) && isKnown(beside.data)) first = beside;
    }
    yield { head: first.data, packets: readPackets(pages, first, serials) };
  }
  return undefined;
}

async function* readPackets(
  pages: OggPages,
  { serial, sequence }: OggPage,
  serials: ReadonlySet<number>,
): AsyncGenerator<AudioPacket, undefined> {
  let expected = sequence + 1;
  let parts: Uint8Array[] = [];
  for (let next = await pages.peek(); next && !next.isFirst; next = await pages.peek()) {
    const page = (await pages.take())!;
    if (!serials.has(page.serial)) {
      throw decodeFailure('Ogg', `the page at byte ${page.start} is of a stream without beginning`);
    }
    if (page.serial !== serial) continue;
    if (page.sequence !== expected++) {
      throw decodeFailure('Ogg', `page ${expected - 1} of its stream is missing`);
    }
    if (page.isContinued !== parts.length > 0) {
      throw decodeFailure('Ogg', `page ${page.sequence} does not continue the one before it`);
    }
    let start = 0;
    let length = 0;
    const lastFull = page.segments.findLastIndex((size) => size < 255);
    for (const [index, size] of page.segments.entries()) {
      length += size;
      if (size === 255) continue;
      parts.push(page.data.subarray(start, start + length));
      const granule = index === lastFull ? page.granule : undefined;
      yield { bytes: join(parts), granule, page: page.sequence };
      parts = [];
      start += length;
      length = 0;
    }
    if (page.segments.at(-1) === 255) {
      // A copy: the rest of the packet comes with another piece of the file.
      parts.push(page.data.slice(start, start + length));
      if (parts.length > mostPacketParts) throw decodeFailure('Ogg', 'a packet does not end');
    }
  }
  if (parts.length > 0) throw truncated('Ogg', 'its stream ends within a packet');
  return undefined;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}
