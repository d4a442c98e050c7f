const pageBytes = 65536;
const alignment = 16;

/** Hands out stretches of a WebAssembly memory one after another and grows it where needed. */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  #top: number;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#top = base;
  }

  /** Address of the next free byte; give it to `rewind` to free everything handed out since. */
  get top(): number {
    return this.#top;
  }

  rewind(top: number): void {
    this.#top = top;
  }

  /** Address of `bytes` bytes, aligned to 16. Views made before may be detached. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.#top / alignment) * alignment;
    this.#top = address + bytes;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    return address;
  }

  /** Copies a table in; returns its address. */
  place(table: ArrayBufferView): number {
    const address = this.reserve(table.byteLength);
    this.write(address, table);
    return address;
  }

  /** Overwrites what lies at an address. */
  write(address: number, table: ArrayBufferView): void {
    new Uint8Array(this.#memory.buffer, address, table.byteLength).set(
      new Uint8Array(table.buffer, table.byteOffset, table.byteLength),
    );
  }

  /** A fresh view of `length` floats; not to be kept across calls that may grow the memory. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }
}
