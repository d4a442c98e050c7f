import type { SerError } from '@ser/dsp-wasm';
import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { truncated } from '../decode-failure.ts';
import { skipTags } from '../tags/skip-tags.ts';

/** How a file of chunks writes their headers. */
export interface ChunkLayout {
  /** Bytes of a name, of which the first four are read. */
  nameBytes: 4 | 16;
  sizeBytes: 4 | 8;
  isBigEndian: boolean;
  /** Whether a chunk's size counts its header. */
  countsHeader: boolean;
  /** Every chunk starts at a multiple of this many bytes. */
  alignment: 1 | 2 | 8;
}

export interface Chunk {
  name: string;
  /** Bytes that its header promises. */
  readonly promised: number;
  /** Bytes from its first one to the end of the file. */
  readonly available: number;
  /**
   * Bytes behind which the next chunk begins; whoever reads a chunk may set it: to pass into a chunk
   * of chunks, or where the header is wrong.
   */
  size: number;
}

/** Chunks whose length their writer may not have known. */
const samplesOrFile = ['data', 'SSND', 'RIFF', 'FORM'];

export const riffLayout: ChunkLayout = {
  nameBytes: 4,
  sizeBytes: 4,
  isBigEndian: false,
  countsHeader: false,
  alignment: 2,
};

/** Yields the chunks of a file from the next byte on, with the reader at the first of a chunk's own. */
export async function* walkChunks(
  reader: ByteReader,
  layout: ChunkLayout,
): AsyncGenerator<Chunk, undefined> {
  const headerBytes = layout.nameBytes + layout.sizeBytes;
  for (;;) {
    await skipToChunk(reader, layout);
    if (reader.remaining < headerBytes) return undefined;
    const { name, promised } = readHeader(await reader.fill(headerBytes), layout);
    reader.advance(headerBytes);
    const start = reader.position;
    const chunk = { name, promised, available: reader.remaining, size: promised };
    yield chunk;
    reader.advance(start + chunk.size - reader.position);
    const rest = chunk.size % layout.alignment;
    // Some writers forget the padding.
    if (rest === 0 || (await startsChunk(reader, layout))) continue;
    reader.advance(layout.alignment - rest);
  }
}

/** What may lie between joined files; no chunk begins with a zero or a line end. */
async function skipToChunk(reader: ByteReader, layout: ChunkLayout): Promise<void> {
  do await reader.skipFill();
  while (!(await startsChunk(reader, layout)) && (await skipTags(reader)));
}

/** The error of a chunk that promises more than is there. */
export function cutChunk(format: string, { name, promised, available }: Chunk): SerError {
  return truncated(
    format,
    `its chunk '${name}' promises ${promised} bytes and ${available} are there`,
  );
}

/** Whether all four are printable, as those of all known chunks are. */
export function isChunkName(name: string): boolean {
  return /^[\x20-\x7e]{4}$/.test(name);
}

/** Whether a chunk begins here: a name of printable characters, and a size that the file has room for. */
export async function startsChunk(reader: ByteReader, layout: ChunkLayout): Promise<boolean> {
  const headerBytes = layout.nameBytes + layout.sizeBytes;
  if (reader.remaining < headerBytes) return false;
  const { name, promised } = readHeader(await reader.fill(headerBytes), layout);
  if (!isChunkName(name)) return false;
  return promised <= reader.remaining - headerBytes || samplesOrFile.includes(name);
}

function readHeader(
  bytes: Uint8Array,
  { nameBytes, sizeBytes, isBigEndian, countsHeader }: ChunkLayout,
): { name: string; promised: number } {
  const view = toView(bytes);
  const size =
    sizeBytes === 4
      ? view.getUint32(nameBytes, !isBigEndian)
      : Number(view.getBigUint64(nameBytes, !isBigEndian));
  const promised = countsHeader ? Math.max(0, size - nameBytes - sizeBytes) : size;
  return { name: readText(bytes, 0, 4), promised };
}
