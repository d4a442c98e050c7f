/** Thrown by bit readers at the end of their bytes. */
export class EndOfBits extends Error {
  override readonly name = 'EndOfBits';
}

/** Bytes that a fast read may touch beyond its first. */
const reach = 8;

/** Reads numbers bit by bit from bytes, the most significant bit first (as FLAC does). */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #bits: number;
  /** Bits before the next one. */
  #position: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#bits = 8 * bytes.length;
    this.#position = 8 * start;
  }

  /** Index of the next byte; only after `alignToByte`, or where whole bytes were read. */
  get byteIndex(): number {
    return this.#position / 8;
  }

  /** An unsigned number of 0 to 53 bits. */
  readBits(count: number): number {
    if (count > 24) {
      const high = this.readBits(count - 24);
      return high * 0x1000000 + this.readBits(24);
    }
    const position = this.#position;
    if (position + count > this.#bits) throw new EndOfBits('The bits have run out.');
    this.#position = position + count;
    return count === 0 ? 0 : loadWord(this.#bytes, position) >>> (32 - count);
  }

  /** A number of 1 to 53 bits in two's complement. */
  readSigned(count: number): number {
    const value = this.readBits(count);
    const half = 2 ** (count - 1);
    return value >= half ? value - 2 * half : value;
  }

  /** How many 0 bits come before the next 1, which is read too. */
  readUnary(): number {
    const start = this.#position;
    for (;;) {
      const zeros = Math.clz32(loadWord(this.#bytes, this.#position));
      // Behind the end all bits are 0.
      this.#position += zeros;
      if (this.#position >= this.#bits) throw new EndOfBits('The bits have run out.');
      if (zeros < 32) break;
    }
    return this.#position++ - start;
  }

  /**
   * Reads Rice-coded numbers, of which the lowest `parameter` bits are written out, into places
   * `start` … `end - 1`.
   */
  readRice(parameter: number, target: Float64Array, start: number, end: number): void {
    const bytes = this.#bytes;
    const step = 2 ** parameter;
    const fastEnd = 8 * (bytes.length - reach);
    let index = start;
    if (parameter <= 24 && fastEnd < 2 ** 31) {
      let position = this.#position | 0;
      for (; index < end && position < fastEnd; index++) {
        const word = loadWordInside(bytes, position);
        const zeros = Math.clz32(word);
        if (zeros + 1 + parameter > 32) {
          // Rare: more than one word.
          this.#position = position;
          target[index] = unfold(this.readUnary() * step + this.readBits(parameter));
          position = this.#position | 0;
          continue;
        }
        const low = parameter === 0 ? 0 : (word << (zeros + 1)) >>> (32 - parameter);
        const folded = (zeros << parameter) + low;
        position += zeros + 1 + parameter;
        target[index] = (folded >>> 1) ^ -(folded & 1);
      }
      this.#position = position;
    }
    for (; index < end; index++) {
      target[index] = unfold(this.readUnary() * step + this.readBits(parameter));
    }
  }

  /** Skips to the next whole byte. */
  alignToByte(): void {
    this.#position = 8 * Math.ceil(this.#position / 8);
  }
}

/** The 32 bits from a bit on; those behind the end are 0. */
function loadWord(bytes: Uint8Array, position: number): number {
  const index = position >>> 3;
  if (index + 5 <= bytes.length) return loadWordInside(bytes, position);
  const shift = position & 7;
  const at = (offset: number) => bytes[index + offset] ?? 0;
  const word = (at(0) << 24) | (at(1) << 16) | (at(2) << 8) | at(3);
  return (word << shift) | (at(4) >>> (8 - shift));
}

/** The same where five bytes are there. */
function loadWordInside(bytes: Uint8Array, position: number): number {
  const index = position >>> 3;
  const shift = position & 7;
  const word =
    (bytes[index]! << 24) |
    (bytes[index + 1]! << 16) |
    (bytes[index + 2]! << 8) |
    bytes[index + 3]!;
  return (word << shift) | (bytes[index + 4]! >>> (8 - shift));
}

/** Even numbers are positive, odd ones negative. */
function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}
