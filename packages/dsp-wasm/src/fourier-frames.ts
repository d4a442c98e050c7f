import { Arena } from './arena.ts';
import { instantiateKernels, type Kernels } from './kernels.ts';
import { placeTransform } from './transform.ts';

/**
 * Fourier transforms of frames and back, two at a time, in double precision.
 *
 * Spectra of both frames share one array: for each bin 0 … fftLength / 2 the real parts of both, then
 * the imaginary parts of both.
 */
export class FourierFrames {
  readonly fftLength: number;
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #transform: number;
  readonly #frames: number;
  readonly #spectra: number;
  readonly #signals: number;

  /** @param window what frames are multiplied by before the transform; its length is the frames'. */
  constructor(module: WebAssembly.Module, window: Float64Array) {
    this.fftLength = window.length;
    this.#kernels = instantiateKernels(module);
    this.#arena = new Arena(this.#kernels.memory, this.#kernels.heapBase());
    const arena = this.#arena;
    this.#transform = placeTransform(arena, window);
    this.#frames = arena.reserve(8 * window.length);
    this.#spectra = arena.reserve(16 * window.length + 32);
    this.#signals = arena.reserve(16 * window.length);
  }

  /** Where both frames are to be written, one after the other. */
  get frames(): Float32Array {
    return this.#arena.floats(this.#frames, 2 * this.fftLength);
  }

  /** The spectra, to be read after `transform` and written before `invert`. */
  get spectra(): Float64Array {
    return new Float64Array(this.#kernels.memory.buffer, this.#spectra, 2 * this.fftLength + 4);
  }

  /** Spectra of the frames, windowed. */
  transform(): Float64Array {
    const second = this.#frames + 4 * this.fftLength;
    this.#kernels.transformFrames(this.#transform, this.#frames, second, this.#spectra);
    return this.spectra;
  }

  /** Both signals of the spectra, one after the other; the spectra are lost. */
  invert(): Float64Array {
    this.#kernels.invertSpectra(this.#transform, this.#spectra, this.#signals);
    return new Float64Array(this.#kernels.memory.buffer, this.#signals, 2 * this.fftLength);
  }
}
