/**
 * Where the audio starts behind an ID3v2 tag, which some taggers put before MP3 and FLAC alike;
 * 0 where there is none. May lie beyond the end of a cut file.
 */
export function skipId3(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
  const hasFooter = (bytes[5]! & 0x10) !== 0;
  return 10 + Math.max(0, size) + (hasFooter ? 10 : 0);
}
