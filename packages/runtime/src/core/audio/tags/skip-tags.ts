import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';

const id3v1Bytes = 128;
const enlargedBytes = 227;
const apeBytes = 32;
const apeMagic = 'APETAGEX';
/** Tags whose length stands at their end are looked for up to here; they hold text and a picture. */
const mostBytes = 1 << 20;

/**
 * Passes over the tags that taggers put before, between and behind streams of any format, in any
 * number: ID3v2, ID3v1 and its enlargement, APE of both versions, Lyrics3. What follows may lie beyond
 * the end of a cut file.
 *
 * @returns whether there was any.
 */
export async function skipTags(reader: ByteReader): Promise<boolean> {
  const start = reader.position;
  for (;;) {
    const size = await measureTag(reader);
    if (size === 0) return reader.position > start;
    reader.advance(size);
  }
}

/** Passes over what may lie before and between streams: zeros, line ends and tags. */
export async function skipFillAndTags(reader: ByteReader): Promise<void> {
  do await reader.skipFill();
  while (await skipTags(reader));
}

/** Bytes of the tag that begins here; 0 where none does. */
async function measureTag(reader: ByteReader): Promise<number> {
  if (!reader.has(apeBytes)) await reader.fill(apeBytes);
  const bytes = reader.view;
  const magic = readText(bytes, 0, 11);
  if (magic.startsWith('ID3')) return measureId3v2(bytes);
  if (magic.startsWith('TAG+')) return enlargedBytes;
  if (magic.startsWith('TAG')) return id3v1Bytes;
  if (magic.startsWith(apeMagic)) return measureApe(bytes);
  if (magic === 'LYRICSBEGIN') return measureToEnd(reader, /LYRICS(?:200|END)/);
  return 0;
}

/**
 * Passes over an APE tag that has no header, as those of version 1: only what stands behind its items
 * tells that they are a tag.
 *
 * @returns whether there was one.
 */
export async function skipBareApe(reader: ByteReader): Promise<boolean> {
  const bytes = (await reader.fill(mostBytes)).subarray(0, mostBytes);
  const first = apeMagic.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    const isFooter = readText(bytes, at, at + 8) === apeMagic && at + apeBytes <= bytes.length;
    if (!isFooter || toView(bytes).getUint32(at + 12, true) !== at + apeBytes) continue;
    reader.advance(at + apeBytes);
    return true;
  }
  return false;
}

/** The length is written in groups of seven bits, so that it never looks like a frame. */
function measureId3v2(bytes: Uint8Array): number {
  const [flags = 0, a = 0, b = 0, c = 0, d = 0] = bytes.subarray(5, 10);
  const size = ((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f);
  const hasFooter = (flags & 0x10) !== 0;
  return 10 + size + (hasFooter ? 10 : 0);
}

/** A header's length counts what follows it; a footer's what came before, which has been passed. */
function measureApe(bytes: Uint8Array): number {
  if (bytes.length < apeBytes) return apeBytes;
  const view = toView(bytes);
  const isHeader = (view.getUint32(20, true) & 0x2000_0000) !== 0;
  return apeBytes + (isHeader ? view.getUint32(12, true) : 0);
}

async function measureToEnd(reader: ByteReader, end: RegExp): Promise<number> {
  const text = new TextDecoder('latin1').decode(
    (await reader.fill(mostBytes)).subarray(0, mostBytes),
  );
  const found = end.exec(text);
  return found ? found.index + found[0].length : 0;
}
