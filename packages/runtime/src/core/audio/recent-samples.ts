import { assertHoldable } from './audio-stream.ts';

/** The part of a recording that may still be needed, while the rest comes in blocks. */
export class RecentSamples {
  #samples = new Float32Array(1 << 16);
  /** Numbers, in the recording, of the first sample held and of the one behind the last. */
  #start = 0;
  #end = 0;

  /** Samples received. */
  get end(): number {
    return this.#end;
  }

  /** @throws SerError `AUDIO_TOO_LONG` for more samples than are held at once. */
  push(block: Float32Array): void {
    const held = this.#end - this.#start;
    const wanted = held + block.length;
    if (wanted > this.#samples.length) {
      assertHoldable(wanted);
      const grown = new Float32Array(2 * wanted);
      grown.set(this.#samples.subarray(0, held));
      this.#samples = grown;
    }
    this.#samples.set(block, held);
    this.#end += block.length;
  }

  /**
   * Samples `start` … `end - 1` of the recording, valid until the next change.
   *
   * @throws RangeError for samples that are forgotten or to come, which is a defect of the caller.
   */
  view(start: number, end: number): Float32Array {
    if (start < this.#start || end > this.#end) {
      throw new RangeError(
        `Samples ${start} to ${end} are not held, but ${this.#start} to ${this.#end}.`,
      );
    }
    return this.#samples.subarray(start - this.#start, end - this.#start);
  }

  /** Forgets the samples before this one. */
  dropBefore(start: number): void {
    if (start <= this.#start) return;
    const first = Math.min(start, this.#end);
    this.#samples.copyWithin(0, first - this.#start, this.#end - this.#start);
    this.#start = first;
  }
}
