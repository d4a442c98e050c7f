import { Arena } from './arena.ts';
import { assertInteger, assertSamples, rejectArgument, rejectSamples } from './checks.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { copyPadded } from './padding.ts';
import { buildResamplingFilter, type ResamplingFilter } from './tables/resampling-filter.ts';

export interface ResampleOptions {
  /** Rate of the samples given, a whole number of hertz. */
  fromHz: number;
  /** Rate of the samples wanted, a whole number of hertz. */
  toHz: number;
}

const highestRateHz = 10_000_000;
const largestRatio = 256;
const segmentOutputs = 1 << 14;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * A band-limited change of rate by a fixed ratio: pass band flat within 0.01 dB to 0.9 of the lower
 * Nyquist frequency, everything that would alias or mirror below -100 dB, no delay. Output m is the
 * signal at time m / toHz; beyond its ends the signal is 0.
 */
export class Resampler {
  readonly up: number;
  readonly down: number;
  readonly #filter: ResamplingFilter;
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #phases: number;
  readonly #scratchBase: number;

  constructor(module: WebAssembly.Module, { fromHz, toHz }: ResampleOptions) {
    assertInteger('fromHz', fromHz, 1, highestRateHz);
    assertInteger('toHz', toHz, 1, highestRateHz);
    if (Math.max(fromHz / toHz, toHz / fromHz) > largestRatio) {
      rejectArgument('toHz', toHz, `within a factor of ${largestRatio} of fromHz (${fromHz})`);
    }
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.up = toHz / divisor;
    this.down = fromHz / divisor;
    this.#filter = buildResamplingFilter(this.up, this.down);
    this.#kernels = instantiateKernels(module);
    this.#arena = new Arena(this.#kernels.memory, this.#kernels.heapBase());
    this.#phases = this.#arena.place(this.#filter.coefficients);
    this.#scratchBase = this.#arena.top;
  }

  /** Length of the whole output for `length` samples: ceil(length * toHz / fromHz). */
  countOutputs(length: number): number {
    return Math.ceil((length * this.up) / this.down);
  }

  /** Outputs that are settled once `received` inputs are known, whatever follows. */
  countSettled(received: number): number {
    return Math.max(0, Math.ceil(((received - this.#filter.taps / 2) * this.up) / this.down));
  }

  /** Inputs that must follow a sample before the output at its time is settled. */
  get latencySamples(): number {
    return this.#filter.taps / 2;
  }

  /** First input sample that output m depends on. */
  firstInput(m: number): number {
    return Math.floor((m * this.down) / this.up) - this.#filter.taps / 2 + 1;
  }

  /** One past the last input sample that output m depends on. */
  endInput(m: number): number {
    return this.firstInput(m) + this.#filter.taps;
  }

  /** Outputs first … first + target.length - 1; `samples[0]` is input number `start` of the signal. */
  compute(samples: Float32Array, start: number, first: number, target: Float32Array): void {
    for (let done = 0; done < target.length; done += segmentOutputs) {
      const part = target.subarray(done, done + segmentOutputs);
      this.#computeSegment(samples, start, first + done, part);
    }
  }

  #computeSegment(samples: Float32Array, start: number, first: number, target: Float32Array): void {
    const { up, down } = this;
    const { taps, rows, isExact } = this.#filter;
    const arena = this.#arena;
    const kernels = this.#kernels;
    const count = target.length;
    const from = this.firstInput(first);
    const length = this.endInput(first + count - 1) - from;
    arena.rewind(this.#scratchBase);
    const input = arena.reserve(4 * length);
    const output = arena.reserve(4 * count);
    copyPadded(samples, from - start, arena.floats(input, length), 'constant');
    if (kernels.findNotFinite(input, length) >= 0) rejectSamples(samples, start);
    const phase = (first * down) % up;
    if (isExact) {
      kernels.resampleExact(input, phase, up, down, count, this.#phases, taps, output);
    } else {
      kernels.resampleInterpolated(input, phase, up, down, count, this.#phases, taps, rows, output);
    }
    target.set(arena.floats(output, count));
  }

  /** The whole signal at the new rate. */
  process(samples: Float32Array): Float32Array {
    assertSamples(samples);
    const output = new Float32Array(this.countOutputs(samples.length));
    this.compute(samples, 0, 0, output);
    return output;
  }
}
