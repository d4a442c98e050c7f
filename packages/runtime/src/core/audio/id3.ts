import type { ByteReader } from './byte-reader.ts';

const headerBytes = 10;

/**
 * Passes over ID3v2 tags, which some taggers put before MP3 and FLAC alike. What follows may lie
 * beyond the end of a cut file.
 */
export async function skipId3(reader: ByteReader): Promise<void> {
  for (;;) {
    if (!reader.has(headerBytes)) await reader.fill(headerBytes);
    const bytes = reader.view;
    if (bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return;
    const [flags = 0, a = 0, b = 0, c = 0, d = 0] = bytes.subarray(5, headerBytes);
    const size = ((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f);
    const hasFooter = (flags & 0x10) !== 0;
    reader.advance(headerBytes + size + (hasFooter ? headerBytes : 0));
  }
}
