/** The last samples of an endless signal, in constant memory. */
export class SampleHistory {
  readonly #capacity: number;
  /** Twice the capacity, so that the history is moved to the front once a capacity. */
  readonly #samples: Float32Array;
  #length = 0;
  #received = 0;

  /** @param capacity samples that can be read back. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#samples = new Float32Array(2 * capacity);
  }

  /** Samples received since the beginning. */
  get received(): number {
    return this.#received;
  }

  push(samples: Float32Array): void {
    const kept = samples.subarray(Math.max(0, samples.length - this.#capacity));
    if (this.#length + kept.length > this.#samples.length) {
      const rest = Math.max(0, this.#capacity - kept.length);
      this.#samples.copyWithin(0, this.#length - rest, this.#length);
      this.#length = rest;
    }
    this.#samples.set(kept, this.#length);
    this.#length += kept.length;
    this.#received += samples.length;
  }

  /** A copy of the signal from sample number `start`, or as far back as is remembered, to now. */
  since(start: number): Float32Array {
    const count = Math.min(this.#received - start, this.#capacity, this.#length);
    return this.#samples.slice(this.#length - Math.max(0, count), this.#length);
  }
}
