import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { createCrc } from '../bytes/crc.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { skipFillAndTags } from '../tags/skip-tags.ts';

export interface OggPage {
  /** Where it begins in the file. */
  start: number;
  isContinued: boolean;
  isFirst: boolean;
  isLast: boolean;
  granule: number | undefined;
  serial: number;
  sequence: number;
  segments: Uint8Array;
  data: Uint8Array;
}

const magic = 'OggS';
const crc32 = createCrc(32, 0x04c11db7);
const headerBytes = 27;
const checksumAt = 22;
/** A header, 255 segment sizes and as many full segments. */
const mostPageBytes = headerBytes + 255 + 255 * 255;

/** Reads the pages of an Ogg file (RFC 3533) one by one and checks each one's checksum. */
export class OggPages {
  readonly #reader: ByteReader;
  #next: OggPage | undefined;
  /** Whether the last page that was read ends its stream. */
  #isAtEnd = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /**
   * @returns the page that {@link take} would give; undefined at the end.
   * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or truncated.
   */
  async peek(): Promise<OggPage | undefined> {
    this.#next ??= await this.#read();
    return this.#next;
  }

  async take(): Promise<OggPage | undefined> {
    const page = await this.peek();
    this.#next = undefined;
    return page;
  }

  async #read(): Promise<OggPage | undefined> {
    const reader = this.#reader;
    if (!reader.has(mostPageBytes)) await reader.fill(mostPageBytes);
    if (!magic.startsWith(readText(reader.view, 0, 4)) && (await this.#isTail())) return undefined;
    if (reader.remaining <= 0) return undefined;
    if (!reader.has(mostPageBytes)) await reader.fill(mostPageBytes);
    const page = readPage(reader);
    this.#isAtEnd = page.isLast;
    return page;
  }

  /**
   * Passes over what fills files up, and tags: behind a stream, before another one or at the end of
   * the file.
   *
   * @returns whether that is the end; behind the page that ends a stream it may be anything but another
   *   page.
   * @throws SerError `AUDIO_DECODE_FAILED` where pages are missing.
   */
  async #isTail(): Promise<boolean> {
    const reader = this.#reader;
    const start = reader.position;
    await skipFillAndTags(reader);
    const head = await reader.fill(headerBytes);
    const isStreamStart = readText(head, 0, 4) === magic && (head[5]! & 2) !== 0;
    if (isStreamStart) return false;
    const isOver = reader.remaining <= 0 || (this.#isAtEnd && !(await hasPage(reader)));
    if (isOver) return true;
    throw decodeFailure('Ogg', `there is no page at byte ${start}, where one should start`);
  }
}

/** Whether a page begins in what follows; passes over it. */
async function hasPage(reader: ByteReader): Promise<boolean> {
  while (reader.remaining > headerBytes) {
    const bytes = await reader.fill(headerBytes);
    const first = magic.charCodeAt(0);
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (readText(bytes, at, at + 4) === magic && bytes[at + 4] === 0) return true;
    }
    reader.advance(Math.max(1, bytes.length - 4));
  }
  return false;
}

/** Reads the page that begins here and passes over it. */
function readPage(reader: ByteReader): OggPage {
  const bytes = reader.view;
  const start = reader.position;
  const segmentsEnd = bytes.length >= headerBytes ? headerBytes + bytes[26]! : Infinity;
  if (segmentsEnd > bytes.length) throw truncated('Ogg', 'it ends within a page');
  const view = toView(bytes.subarray(0, headerBytes));
  if (readText(bytes, 0, 4) !== magic || view.getUint8(4) !== 0) {
    throw decodeFailure('Ogg', `there is no page at byte ${start}, where one should start`);
  }
  const segments = bytes.subarray(headerBytes, segmentsEnd);
  const end = segmentsEnd + segments.reduce((sum, size) => sum + size, 0);
  if (end > bytes.length) throw truncated('Ogg', 'it ends within a page');
  const checked = bytes.slice(0, end);
  checked.fill(0, checksumAt, checksumAt + 4);
  if (crc32(checked, 0, checked.length) !== view.getUint32(checksumAt, true)) {
    throw decodeFailure('Ogg', `the checksum of the page at byte ${start} is wrong`);
  }
  reader.advance(end);
  const flags = view.getUint8(5);
  const granule = Number(view.getBigInt64(6, true));
  return {
    start,
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
