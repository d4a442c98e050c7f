import { concatenate } from './concatenate.ts';

/** The part of an endless signal that is still needed. */
export class SampleQueue {
  #samples: Float32Array = new Float32Array(0);
  #start = 0;

  /** Number of the first sample kept. */
  get start(): number {
    return this.#start;
  }

  /** Samples received since the beginning. */
  get received(): number {
    return this.#start + this.#samples.length;
  }

  get samples(): Float32Array {
    return this.#samples;
  }

  append(chunk: Float32Array): void {
    this.#samples = concatenate(this.#samples, chunk);
  }

  /** Forgets samples before number `first`. */
  dropBefore(first: number): void {
    const dropped = Math.min(Math.max(0, first - this.#start), this.#samples.length);
    this.#samples = this.#samples.subarray(dropped);
    this.#start += dropped;
  }

  clear(): void {
    this.#samples = new Float32Array(0);
    this.#start = 0;
  }
}
