/*
 * The two laws of ITU-T G.711 that telephones compress samples by: a sign, three bits of exponent
 * and four of mantissa. Samples are given from -1 to 1.
 */

/** The sample that a byte of A-law, of which every second bit is inverted, stands for. */
export function expandALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const fraction = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? fraction : (fraction + 256) << (exponent - 1);
  return (bits & 0x80 ? size : -size) / 32768;
}

/** The sample that a byte of mu-law, of which every bit is inverted, stands for. */
export function expandMuLaw(code: number): number {
  const bits = code ^ 0xff;
  const size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 0x80 ? -size : size) / 32768;
}
