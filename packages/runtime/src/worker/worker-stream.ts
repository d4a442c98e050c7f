import type { LiveUpdate } from '../core/index.ts';
import type { CallsToWorker } from './methods.ts';

/** A live stream whose work is done in a worker. Made by `WorkerClassifier.stream`. */
export class WorkerStream {
  /** See `EmotionStream.latencySec`. */
  readonly latencySec: number;
  readonly #calls: CallsToWorker;
  readonly #id: number;

  constructor(calls: CallsToWorker, { id, latencySec }: { id: number; latencySec: number }) {
    this.#calls = calls;
    this.#id = id;
    this.latencySec = latencySec;
  }

  /**
   * Takes the next chunk, of any length; it is copied.
   *
   * @returns the updates whose moments have been reached now, often none.
   * @throws SerError as `EmotionStream.push`, and `DISPOSED` after `close`.
   */
  push(samples: Float32Array): Promise<LiveUpdate[]> {
    return this.#calls.call('push', { id: this.#id, samples });
  }

  /** Frees the stream's memory in the worker. */
  async close(): Promise<void> {
    await this.#calls.call('closeStream', this.#id);
  }
}
