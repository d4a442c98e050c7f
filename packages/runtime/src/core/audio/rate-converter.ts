import type { Dsp, ResampleOptions } from '@ser/dsp-wasm';

/** Brings a signal that arrives in pieces to another rate; all pieces joined do not depend on the cut. */
export interface RateConverter {
  /** Input samples that must follow a moment before the output at that moment comes out. */
  readonly latencySamples: number;
  /** @returns the outputs that are settled now; valid until the piece is changed. */
  push(samples: Float32Array): Float32Array;
  /** @returns the rest, as if silence followed. */
  flush(): Float32Array;
}

/**
 * The streaming resampler, or nothing at all between equal rates, as `predict` has it.
 *
 * @throws SerError `INVALID_ARGUMENT` for rates that cannot be converted.
 */
export function createRateConverter(dsp: Dsp, options: ResampleOptions): RateConverter {
  const stream = dsp.createResamplerStream(options);
  if (options.fromHz !== options.toHz) return stream;
  return { latencySamples: 0, push: (samples) => samples, flush: () => new Float32Array(0) };
}
