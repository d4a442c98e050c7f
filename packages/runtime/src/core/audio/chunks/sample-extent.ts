import { type ByteReader, readText } from '../bytes/byte-reader.ts';
import { truncated } from '../decode-failure.ts';
import { type ChunkLayout, startsChunk } from './walk-chunks.ts';

/** Where samples end in a file. */
export interface SampleExtent {
  bytes: number;
  /** Whether the header does not know, so that they go on to the end of the file. */
  isOpen: boolean;
}

/**
 * Lengths that writers leave who do not know theirs beforehand and cannot come back: the largest
 * numbers of 32 and 64 bits, with and without a sign, rounded to whole frames or less a header; sox
 * takes 0x7f000000 and 0x7ffff000.
 */
export function isPlaceholder(size: number): boolean {
  const isNearHalf = size >= 0x7eff_0000 && size <= 0x8010_0000;
  return isNearHalf || (size >= 0xfff0_0000 && size <= 0xffff_ffff) || size >= 2 ** 62;
}

export interface PromisedExtent {
  /** Bytes of samples by the header. */
  promised: number;
  /** Bytes that the file has from the first sample on. */
  available: number;
  /** Whether other fields show that lengths were not known. */
  isStreamed?: boolean;
}

/** @throws SerError `AUDIO_DECODE_FAILED` where the header promises more than there is. */
export function findExtent(
  format: string,
  { promised, available, isStreamed = false }: PromisedExtent,
): SampleExtent {
  if (promised <= available) return { bytes: promised, isOpen: false };
  if (isStreamed || isPlaceholder(promised)) return { bytes: available, isOpen: true };
  throw truncated(
    format,
    `its header promises ${promised} bytes of samples and ${available} are there`,
  );
}

/**
 * The extent of a chunk of samples, whose first one is the reader's next byte. A length of 0 is true
 * where nothing or another chunk follows; else its writer did not know it.
 *
 * @throws SerError as {@link findExtent}.
 */
export async function findChunkExtent(
  format: string,
  reader: ByteReader,
  layout: ChunkLayout,
  extent: PromisedExtent,
): Promise<SampleExtent> {
  const { promised, available } = extent;
  const isUnknown = promised === 0 && available > 0 && !(await startsChunk(reader, layout));
  return isUnknown ? { bytes: available, isOpen: true } : findExtent(format, extent);
}

/** Finds, in bytes of samples, where the header of a joined file of chunks begins; -1 without one. */
export function createFileFinder(magic: string, form: string): (bytes: Uint8Array) => number {
  const first = magic.charCodeAt(0);
  return (bytes) => {
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      const isMagic = readText(bytes, at, at + magic.length) === magic;
      if (isMagic && readText(bytes, at + 8, at + 8 + form.length) === form) return at;
    }
    return -1;
  };
}
