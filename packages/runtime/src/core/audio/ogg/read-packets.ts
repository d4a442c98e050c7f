import type { ByteReader } from '../byte-reader.ts';
import { createCrc } from '../crc.ts';
import { decodeFailure, truncated, unsupported } from '../decode-failure.ts';

/** One packet of an Ogg stream. */
export interface OggPacket {
  bytes: Uint8Array;
  /** Samples from the stream's start to the end of this packet's page; only on the page's last packet. */
  granule: number | undefined;
  /** Number of the page that it ends in. */
  page: number;
}

interface OggPage {
  isContinued: boolean;
  isFirst: boolean;
  isLast: boolean;
  granule: number | undefined;
  serial: number;
  sequence: number;
  segments: Uint8Array;
  data: Uint8Array;
}

const crc32 = createCrc(32, 0x04c11db7);
const headerBytes = 27;
const checksumAt = 22;
/** A header, 255 segment sizes and as many full segments. */
const mostPageBytes = headerBytes + 255 + 255 * 255;
/** Pages of one packet: 33 MB, room for the pictures that some players put beside the title. */
const mostPacketParts = 1 << 9;

/**
 * Yields the packets of an Ogg file's first stream (RFC 3533); pages of other streams beside it are
 * passed over. Checks every page's checksum and number, and that the stream reaches its end.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or truncated,
 *   `AUDIO_UNSUPPORTED` where several streams follow one another.
 */
export async function* readOggPackets(reader: ByteReader): AsyncGenerator<OggPacket> {
  let serial: number | undefined;
  let sequence = 0;
  let isAtEnd = false;
  let parts: Uint8Array[] = [];
  while (reader.remaining > 0) {
    if (!reader.has(mostPageBytes)) await reader.fill(mostPageBytes);
    const page = readPage(reader);
    if (serial === undefined) {
      serial = page.serial;
      sequence = page.sequence;
    }
    if (page.isFirst && isAtEnd) {
      throw unsupported('The Ogg file holds several streams one after another; one can be read.');
    }
    if (page.serial !== serial) continue;
    if (page.sequence !== sequence++) {
      throw decodeFailure('Ogg', `page ${sequence - 1} of its stream is missing`);
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
    isAtEnd ||= page.isLast;
  }
  if (!isAtEnd || parts.length > 0) throw truncated('Ogg', 'its stream has no last page');
}

/** Reads the page that begins here and passes over it. */
function readPage(reader: ByteReader): OggPage {
  const bytes = reader.view;
  const segmentsEnd = bytes.length >= headerBytes ? headerBytes + bytes[26]! : Infinity;
  if (segmentsEnd > bytes.length) throw truncated('Ogg', 'it ends within a page');
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  if (view.getUint32(0) !== 0x4f676753 || view.getUint8(4) !== 0) {
    throw decodeFailure(
      'Ogg',
      `there is no page at byte ${reader.position}, where one should start`,
    );
  }
  const segments = bytes.subarray(headerBytes, segmentsEnd);
  const end = segmentsEnd + segments.reduce((sum, size) => sum + size, 0);
  if (end > bytes.length) throw truncated('Ogg', 'it ends within a page');
  const checked = bytes.slice(0, end);
  checked.fill(0, checksumAt, checksumAt + 4);
  if (crc32(checked, 0, checked.length) !== view.getUint32(checksumAt, true)) {
    throw decodeFailure('Ogg', `the checksum of the page at byte ${reader.position} is wrong`);
  }
  reader.advance(end);
  const flags = view.getUint8(5);
  const granule = Number(view.getBigInt64(6, true));
  return {
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: granule < 0 ? undefined : granule,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    segments,
    data: bytes.subarray(segmentsEnd, end),
  };
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
