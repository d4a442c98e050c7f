import { assertSignal } from './checks.ts';
import type { Resampler } from './resampler.ts';
import { SampleQueue } from './sample-queue.ts';

/**
 * Resamples a signal that arrives in pieces. All pieces of output, joined, are bit for bit what the
 * whole signal gives at once. Made by `Dsp.createResamplerStream`.
 */
export class ResamplerStream {
  readonly #resampler: Resampler;
  readonly #queue = new SampleQueue();
  #produced = 0;

  constructor(resampler: Resampler) {
    this.#resampler = resampler;
  }

  /** Input samples that must follow a moment before the output at that moment comes out. */
  get latencySamples(): number {
    return this.#resampler.latencySamples;
  }

  /**
   * @param samples the next piece, of any length, also 0.
   * @returns the outputs that are settled now, often none.
   * @throws SerError AUDIO_NOT_FINITE naming the sample, counted from the start of the stream.
   */
  push(samples: Float32Array): Float32Array {
    assertSignal(samples);
    this.#queue.append(samples);
    return this.#produce(this.#resampler.countSettled(this.#queue.received));
  }

  /** The rest of the output, as if silence followed; the next push starts a new signal. */
  flush(): Float32Array {
    const output = this.#produce(this.#resampler.countOutputs(this.#queue.received));
    this.#queue.clear();
    this.#produced = 0;
    return output;
  }

  #produce(end: number): Float32Array {
    const output = new Float32Array(Math.max(0, end - this.#produced));
    const { samples, start } = this.#queue;
    this.#resampler.compute(samples, start, this.#produced, output);
    this.#produced += output.length;
    this.#queue.dropBefore(this.#resampler.firstInput(this.#produced));
    return output;
  }
}
