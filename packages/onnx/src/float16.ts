const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The bits of the nearest float of 16 bits (IEEE 754 binary16), halves to even.
 *
 * @param value of magnitude below 65,520; what is larger becomes infinite.
 */
export function toFloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const mantissa = word & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && mantissa ? 0x200 : 0);
  if (exponent >= 1) return sign | roundHalfEven((exponent << 23) | mantissa, 13);
  // Smaller than the smallest normal number: the leading 1 is written out.
  return exponent < -10 ? sign : sign | roundHalfEven(mantissa | 0x800000, 14 - exponent);
}

/** The float of 16 bits as a number. */
export function fromFloat16Bits(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Infinity;
  return exponent === 0
    ? sign * mantissa * 2 ** -24
    : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

let table: Float32Array | undefined;

/** Floats of 16 bits as float32. */
export function decodeHalfFloats(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => fromFloat16Bits(half));
  const values = new Float32Array(halves.length);
  for (let at = 0; at < halves.length; at++) values[at] = table[halves[at]!]!;
  return values;
}

/** Drops the lowest bits; rounding up may carry into the exponent, as it should. */
function roundHalfEven(value: number, dropped: number): number {
  const kept = value >>> dropped;
  const rest = value - kept * 2 ** dropped;
  const half = 2 ** (dropped - 1);
  return rest > half || (rest === half && kept & 1) ? kept + 1 : kept;
}
