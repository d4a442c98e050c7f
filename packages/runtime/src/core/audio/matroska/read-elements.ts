import type { ByteReader } from '../bytes/byte-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';

export interface Element {
  id: number;
  /** Bytes of its own; Infinity where its writer did not know. */
  size: number;
}

/** Elements of elements that are entered: Segment, Cluster, BlockGroup, Tracks, TrackEntry, Audio. */
const entered = new Set([0x18538067, 0x1f43b675, 0xa0, 0x1654ae6b, 0xae, 0xe1]);
const longestHeader = 12;

/**
 * Yields the elements of an EBML file (RFC 8794) in their order, those of elements that are entered
 * among them, with the reader at each one's first byte.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or truncated.
 */
export async function* readElements(reader: ByteReader): AsyncGenerator<Element, undefined> {
  // Where elements that are entered should end.
  let promisedEnd = 0;
  while (reader.remaining > 0) {
    const bytes = await reader.fill(longestHeader);
    const id = readNumber(bytes, 0, true);
    const size = id && readNumber(bytes, id.end);
    if (!id || !size) {
      await reader.skipFill();
      if (reader.remaining <= 0) break;
      if (bytes.length < longestHeader) throw truncated('WebM', 'it ends within an element');
      throw decodeFailure('WebM', `byte ${reader.position} begins no element`);
    }
    reader.advance(size.end);
    const start = reader.position;
    const end = start + size.value;
    if (entered.has(id.value)) {
      if (end < Infinity) promisedEnd = Math.max(promisedEnd, end);
      yield { id: id.value, size: size.value };
      continue;
    }
    if (end > reader.size) throw cut(start, end, reader.size);
    yield { id: id.value, size: size.value };
    reader.advance(end - reader.position);
  }
  if (promisedEnd > reader.size) throw cut(0, promisedEnd, reader.size);
  return undefined;
}

function cut(start: number, end: number, size: number): Error {
  return truncated(
    'WebM',
    `what begins at byte ${start} should end at byte ${end}, and it has ${size} bytes`,
  );
}

/**
 * A number whose leading zeros tell its length; `isWhole` keeps the bit behind them, as names do.
 *
 * @returns its value, Infinity for all ones, and where it ends; undefined where there is none.
 */
export function readNumber(
  bytes: Uint8Array,
  start: number,
  isWhole = false,
): { value: number; end: number } | undefined {
  const first = bytes[start] ?? 0;
  const length = Math.clz32(first) - 23;
  const end = start + length;
  if (length > (isWhole ? 4 : 8) || end > bytes.length) return undefined;
  let value = isWhole ? first : first & (0xff >> length);
  let isUnknown = value === 0xff >> length;
  for (let index = start + 1; index < end; index++) {
    value = value * 256 + bytes[index]!;
    isUnknown &&= bytes[index] === 0xff;
  }
  return { value: isUnknown && !isWhole ? Infinity : value, end };
}

/** An unsigned number of 0 to 8 bytes. */
export function readUnsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
