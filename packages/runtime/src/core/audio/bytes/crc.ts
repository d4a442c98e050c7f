/** A cyclic redundancy check, most significant bit first, initial value 0. */
export type Crc = (bytes: Uint8Array, start: number, end: number) => number;

/** Returns the CRC of `width` bits (8, 16 or 32) with this polynomial. */
export function createCrc(width: 8 | 16 | 32, polynomial: number): Crc {
  const lift = 32 - width;
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte << 24;
    for (let bit = 0; bit < 8; bit++) {
      value = value < 0 ? (value << 1) ^ (polynomial << lift) : value << 1;
    }
    return value;
  });
  return (bytes, start, end) => {
    let value = 0;
    for (let index = start; index < end; index++) {
      value = (value << 8) ^ table[(value >>> 24) ^ bytes[index]!]!;
    }
    return value >>> lift;
  };
}
