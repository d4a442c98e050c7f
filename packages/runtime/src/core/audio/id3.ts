/**
 * Where the audio starts behind ID3v2 tags, which some taggers put before MP3 and FLAC alike; 0
 * where there is none. May lie beyond the end of a cut file.
 */
export function skipId3(bytes: Uint8Array): number {
  let start = 0;
  while (bytes[start] === 0x49 && bytes[start + 1] === 0x44 && bytes[start + 2] === 0x33) {
    const [flags = 0, a = 0, b = 0, c = 0, d = 0] = bytes.subarray(start + 5, start + 10);
    const size = ((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f);
    const hasFooter = (flags & 0x10) !== 0;
    start += 10 + size + (hasFooter ? 10 : 0);
  }
  return start;
}
