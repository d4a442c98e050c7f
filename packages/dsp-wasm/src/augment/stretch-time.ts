import { Arena } from '../arena.ts';
import { assertNumber, assertSamples, rejectSamples } from '../checks.ts';
import { instantiateKernels, type Kernels } from '../kernels.ts';
import { copyPadded } from '../padding.ts';
import { buildWindow } from '../tables/window.ts';
import { placeTransform } from '../transform.ts';

export interface StretchTimeOptions {
  /** 2 is twice as fast, 0.5 half as fast; pitch stays. From 0.1 to 10. */
  rate: number;
}

const fftLength = 2048;
const hopLength = 512;
/**
 * A phase vocoder: frames of the output keep the input's magnitudes, read at another speed, and the
 * phase of every bin turns from frame to frame as much as it does in the input.
 */
class PhaseVocoder {
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #samples: Float32Array;
  /** Frames of the input. */
  readonly #frameCount: number;
  readonly #transform: number;
  readonly #frames: number;
  readonly #spectra: number;
  readonly #phasors: number;
  readonly #output: number;
  #isFirst = true;

  constructor(module: WebAssembly.Module, window: Float64Array, samples: Float32Array) {
    this.#kernels = instantiateKernels(module);
    this.#arena = new Arena(this.#kernels.memory, this.#kernels.heapBase());
    this.#samples = samples;
    this.#frameCount = 1 + Math.floor(samples.length / hopLength);
    this.#transform = placeTransform(this.#arena, window);
    this.#frames = this.#arena.reserve(8 * fftLength);
    this.#spectra = this.#arena.reserve(16 * fftLength + 32);
    this.#phasors = this.#arena.reserve(8 * fftLength + 16);
    this.#output = this.#arena.reserve(16 * fftLength);
  }

  /** Frames of the output at a rate. */
  countFrames(rate: number): number {
    return Math.ceil(this.#frameCount / rate);
  }

  #loadFrame(frame: number, address: number): void {
    const target = this.#arena.floats(address, fftLength);
    if (frame >= this.#frameCount) target.fill(0);
    else copyPadded(this.#samples, frame * hopLength - fftLength / 2, target, 'constant');
  }

  /** The output frame that reads the input at `position`, in frames; calls go forward in time. */
  synthesise(position: number): Float64Array {
    const first = Math.floor(position);
    const frameB = this.#frames + 4 * fftLength;
    this.#loadFrame(first, this.#frames);
    this.#loadFrame(first + 1, frameB);
    this.#kernels.vocodeFrame(
      this.#transform,
      this.#frames,
      frameB,
      this.#spectra,
      this.#phasors,
      position - first,
      this.#isFirst ? 1 : 0,
      this.#output,
    );
    this.#isFirst = false;
    return new Float64Array(this.#kernels.memory.buffer, this.#output, fftLength);
  }
}

/** Throws INVALID_ARGUMENT unless the rate is one that the vocoder is made for. */
function assertRate(name: string, rate: number): void {
  assertNumber(name, rate, (value) => value >= 0.1 && value <= 10, 'a number from 0.1 to 10');
}

/** See `Dsp.stretchTime`. */
export function stretchTime(
  module: WebAssembly.Module,
  samples: Float32Array,
  { rate }: StretchTimeOptions,
): Float32Array {
  assertSamples(samples);
  assertRate('rate', rate);
  if (samples.some((sample) => !Number.isFinite(sample))) rejectSamples(samples);
  const window = buildWindow('hann', fftLength, fftLength);
  const vocoder = new PhaseVocoder(module, window, samples);
  const output = new Float32Array(Math.max(1, Math.round(samples.length / rate)));
  const sums = new Float64Array(output.length);
  const weights = new Float64Array(output.length);
  const reachable = Math.ceil((output.length + fftLength) / hopLength);
  const frames = Math.min(vocoder.countFrames(rate), reachable);
  for (let frame = 0; frame < frames; frame++) {
    const signal = vocoder.synthesise(frame * rate);
    const start = frame * hopLength - fftLength / 2;
    const end = Math.min(fftLength, output.length - start);
    for (let n = Math.max(0, -start); n < end; n++) {
      sums[start + n]! += signal[n]! * window[n]!;
      weights[start + n]! += window[n]! ** 2;
    }
  }
  for (let n = 0; n < output.length; n++) {
    output[n] = weights[n]! > 0 ? sums[n]! / weights[n]! : 0;
  }
  return output;
}
