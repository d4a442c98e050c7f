import type { ByteSource } from './byte-source.ts';

const pieceBytes = 1 << 18;

/** Walks through a source from its start to its end, with a piece of it in memory. */
export class ByteReader {
  readonly #source: ByteSource;
  #size: number;
  #position = 0;
  #piece: Uint8Array = new Uint8Array(0);
  #pieceStart = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#size = source.size;
  }

  /** A reader of the next `count` bytes alone, from the first of them on. */
  slice(count: number): ByteReader {
    const source = this.#source;
    const start = this.#position;
    return new ByteReader({
      size: Math.min(count, Math.max(0, this.remaining)),
      read: (from, to) => source.read(start + from, start + to),
      close: () => source.close(),
    });
  }

  /** Bytes that the source has. */
  get size(): number {
    return this.#size;
  }

  /** Bytes before the next one. */
  get position(): number {
    return this.#position;
  }

  /** Bytes from the next one to the end of the source; negative behind it. */
  get remaining(): number {
    return this.#size - this.#position;
  }

  /** The bytes from the next one on that are in memory. */
  get view(): Uint8Array {
    return this.#piece.subarray(this.#position - this.#pieceStart);
  }

  /** Whether `count` bytes, or all to the end, are in memory. */
  has(count: number): boolean {
    const end = this.#pieceStart + this.#piece.length;
    return end >= this.#size || end - this.#position >= count;
  }

  /** Brings `count` bytes, or all to the end, into memory, and gives {@link view}. */
  async fill(count: number): Promise<Uint8Array> {
    if (this.has(count)) return this.view;
    const start = this.#position;
    const end = Math.min(this.#size, start + Math.max(count, pieceBytes));
    this.#piece = await this.#source.read(start, end);
    this.#pieceStart = start;
    if (this.#piece.length < end - start) this.#size = start + this.#piece.length;
    return this.#piece;
  }

  /** Passes over `count` bytes; they may lie behind the end. */
  advance(count: number): void {
    this.#position += count;
    const end = this.#pieceStart + this.#piece.length;
    if (this.#position > end) {
      this.#piece = new Uint8Array(0);
      this.#pieceStart = this.#position;
    }
  }

  /**
   * Passes over zeros and line ends, which fill files up.
   *
   * @param most of them; where more follow, they are left.
   */
  async skipFill(most = Number.POSITIVE_INFINITY): Promise<void> {
    for (let left = most; left > 0 && this.remaining > 0; ) {
      const bytes = (await this.fill(1)).subarray(0, left);
      const other = bytes.findIndex((byte) => byte !== 0 && byte !== 10 && byte !== 13);
      this.advance(other === -1 ? bytes.length : other);
      if (other !== -1) return;
      left -= bytes.length;
    }
  }
}

/** Bytes as text, one character each. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** Bytes as numbers of any size. */
export function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
