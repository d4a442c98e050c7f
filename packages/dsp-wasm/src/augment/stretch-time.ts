import { assertNumber, assertSamples, rejectSamples } from '../checks.ts';
import { FourierFrames } from '../fourier-frames.ts';
import { copyPadded } from '../padding.ts';
import { buildWindow } from '../tables/window.ts';

export interface StretchTimeOptions {
  /** 2 is twice as fast, 0.5 half as fast; pitch stays. From 0.1 to 10. */
  rate: number;
}

const fftLength = 2048;
const hopLength = 512;
const bins = fftLength / 2 + 1;

/** Values of one bin in a pair of spectra: re, re of the second, im, im of the second. */
const pairStride = 4;

/**
 * A phase vocoder: frames of the output keep the input's magnitudes, read at another speed, and the
 * phase of every bin turns from frame to frame as much as it does in the input.
 */
class PhaseVocoder {
  readonly #fourier: FourierFrames;
  readonly #samples: Float32Array;
  readonly #frames: number;
  /** exp(i phase) of every bin, as re, im. */
  readonly #phasors = new Float64Array(2 * bins);
  #isFirst = true;

  constructor(fourier: FourierFrames, samples: Float32Array) {
    this.#fourier = fourier;
    this.#samples = samples;
    this.#frames = 1 + Math.floor(samples.length / hopLength);
  }

  /** Frames of the output at a rate. */
  countFrames(rate: number): number {
    return Math.ceil(this.#frames / rate);
  }

  #loadFrame(frame: number, target: Float32Array): void {
    if (frame >= this.#frames) target.fill(0);
    else copyPadded(this.#samples, frame * hopLength - fftLength / 2, target, 'constant');
  }

  /** The output frame that reads the input at `position`, in frames; calls go forward in time. */
  synthesise(position: number): Float64Array {
    const first = Math.floor(position);
    const { frames } = this.#fourier;
    this.#loadFrame(first, frames.subarray(0, fftLength));
    this.#loadFrame(first + 1, frames.subarray(fftLength));
    const spectra = this.#fourier.transform();
    for (let bin = 0; bin < bins; bin++) this.#turn(spectra, bin, position - first);
    this.#isFirst = false;
    return this.#fourier.invert();
  }

  /** Replaces one bin of the first spectrum by the output's, and turns the bin's phasor on. */
  #turn(spectra: Float64Array, bin: number, share: number): void {
    const at = pairStride * bin;
    const re = spectra[at]!;
    const im = spectra[at + 2]!;
    const nextRe = spectra[at + 1]!;
    const nextIm = spectra[at + 3]!;
    const length = Math.sqrt(re * re + im * im);
    const nextLength = Math.sqrt(nextRe * nextRe + nextIm * nextIm);
    // A bin without length has phase 0.
    const fromRe = length > 0 ? re / length : 1;
    const fromIm = length > 0 ? im / length : 0;
    const toRe = nextLength > 0 ? nextRe / nextLength : 1;
    const toIm = nextLength > 0 ? nextIm / nextLength : 0;
    const phasors = this.#phasors;
    const phaseRe = this.#isFirst ? fromRe : phasors[2 * bin]!;
    const phaseIm = this.#isFirst ? fromIm : phasors[2 * bin + 1]!;

    const magnitude = (1 - share) * length + share * nextLength;
    spectra[at] = magnitude * phaseRe;
    spectra[at + 1] = 0;
    spectra[at + 2] = magnitude * phaseIm;
    spectra[at + 3] = 0;

    const turnRe = toRe * fromRe + toIm * fromIm;
    const turnIm = toIm * fromRe - toRe * fromIm;
    const turnedRe = phaseRe * turnRe - phaseIm * turnIm;
    const turnedIm = phaseRe * turnIm + phaseIm * turnRe;
    const norm = 1 / Math.sqrt(turnedRe * turnedRe + turnedIm * turnedIm);
    phasors[2 * bin] = turnedRe * norm;
    phasors[2 * bin + 1] = turnedIm * norm;
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
  const vocoder = new PhaseVocoder(new FourierFrames(module, window), samples);
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
