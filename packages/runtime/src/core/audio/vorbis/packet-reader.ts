import { EndOfBits } from '../bytes/bit-reader.ts';

/** Reads a Vorbis packet bit by bit, the least significant bit first. */
export class PacketReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array, firstByte = 0) {
    this.#bytes = bytes;
    this.#bit = 8 * firstByte;
  }

  /**
   * An unsigned number of 0 to 32 bits.
   *
   * @throws EndOfBits at the packet's end, which in audio packets is lawful.
   */
  read(count: number): number {
    let value = 0;
    for (let done = 0; done < count; ) {
      const byte = this.#bytes[this.#bit >>> 3];
      if (byte === undefined) throw new EndOfBits('The packet has run out.');
      const offset = this.#bit & 7;
      const taken = Math.min(8 - offset, count - done);
      value += ((byte >>> offset) & ((1 << taken) - 1)) * 2 ** done;
      this.#bit += taken;
      done += taken;
    }
    return value;
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }
}

/** Bits that a whole number needs; 0 for 0. */
export function countBits(value: number): number {
  return 32 - Math.clz32(value);
}
