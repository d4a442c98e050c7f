/** Thrown by {@link BitReader} at the end of its bytes. */
export class EndOfBits extends Error {
  override readonly name = 'EndOfBits';
}

/** Reads numbers bit by bit from bytes, the most significant bit first (as FLAC does). */
export class BitReader {
  readonly #bytes: Uint8Array;
  #next: number;
  #cache = 0;
  #cached = 0;

  constructor(bytes: Uint8Array, start = 0) {
    this.#bytes = bytes;
    this.#next = start;
  }

  /** Index of the next byte; only where `isAligned`. */
  get byteIndex(): number {
    return this.#next - (this.#cached >>> 3);
  }

  /** An unsigned number of 0 to 53 bits. */
  readBits(count: number): number {
    if (count > 24) {
      const high = this.readBits(count - 24);
      return high * 0x1000000 + this.readBits(24);
    }
    while (this.#cached < count) this.#fetch();
    this.#cached -= count;
    const value = this.#cache >>> this.#cached;
    this.#cache &= (1 << this.#cached) - 1;
    return value;
  }

  /** A number of 1 to 53 bits in two's complement. */
  readSigned(count: number): number {
    const value = this.readBits(count);
    const half = 2 ** (count - 1);
    return value >= half ? value - 2 * half : value;
  }

  /** How many 0 bits come before the next 1, which is read too. */
  readUnary(): number {
    let zeros = 0;
    while (this.#cache === 0) {
      zeros += this.#cached;
      this.#cached = 0;
      this.#fetch();
    }
    const leading = Math.clz32(this.#cache) - (32 - this.#cached);
    this.#cached -= leading + 1;
    this.#cache &= (1 << this.#cached) - 1;
    return zeros + leading;
  }

  /** Skips to the next whole byte. */
  alignToByte(): void {
    this.readBits(this.#cached & 7);
  }

  #fetch(): void {
    if (this.#next >= this.#bytes.length) throw new EndOfBits('The bits have run out.');
    this.#cache = (this.#cache << 8) | this.#bytes[this.#next++]!;
    this.#cached += 8;
  }
}
