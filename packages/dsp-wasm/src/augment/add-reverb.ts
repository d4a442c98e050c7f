import { assertNumber, assertSamples, rejectSamples } from '../checks.ts';
import { FourierFrames } from '../fourier-frames.ts';
import { copyPadded } from '../padding.ts';
import { createRandom } from './random.ts';

export interface AddReverbOptions {
  sampleRateHz: number;
  /** Time in which the reverberation falls by 60 dB. From 0.01 to 3. */
  decaySec: number;
  /** Energy of the reverberation relative to the direct sound, in decibels. Default -10. */
  wetDb?: number;
  /** A whole number from 0 to 2^32 - 1; the same seed gives the same room. */
  seed: number;
}

const firstReflectionSec = 0.003;

/** The direct sound, then noise that decays by 60 dB in `decaySec`; its energy is 10^(wetDb / 10). */
function synthesiseRoom({ sampleRateHz, decaySec, wetDb = -10, seed }: AddReverbOptions) {
  const random = createRandom(seed);
  const delay = Math.max(1, Math.round(firstReflectionSec * sampleRateHz));
  const impulse = new Float32Array(delay + Math.ceil(decaySec * sampleRateHz));
  let energy = 0;
  for (let n = delay; n < impulse.length; n++) {
    const decay = 10 ** ((-3 * (n - delay)) / (decaySec * sampleRateHz));
    impulse[n] = decay * random.normal();
    energy += impulse[n]! ** 2;
  }
  const scale = Math.sqrt(10 ** (wetDb / 10) / energy);
  for (let n = delay; n < impulse.length; n++) impulse[n]! *= scale;
  impulse[0] = 1;
  return impulse;
}

/** The first samples.length samples of the convolution, by blocks in the frequency domain. */
function convolve(
  module: WebAssembly.Module,
  samples: Float32Array,
  impulse: Float32Array,
): Float32Array {
  const fftLength = 2 ** Math.max(10, Math.ceil(Math.log2(2 * impulse.length)));
  const blockLength = fftLength - impulse.length + 1;
  const fourier = new FourierFrames(module, new Float64Array(fftLength).fill(1));
  fourier.frames.fill(0).set(impulse);
  const response = fourier.transform().slice();
  const sums = new Float64Array(samples.length + fftLength);
  for (let start = 0; start < samples.length; start += blockLength) {
    const block = samples.subarray(start, start + blockLength);
    copyPadded(block, 0, fourier.frames.subarray(0, fftLength), 'constant');
    fourier.frames.fill(0, fftLength);
    const spectra = fourier.transform();
    for (let at = 0; at < spectra.length; at += 4) {
      const re = spectra[at]!;
      const im = spectra[at + 2]!;
      const filterRe = response[at]!;
      const filterIm = response[at + 2]!;
      spectra[at] = re * filterRe - im * filterIm;
      spectra[at + 2] = re * filterIm + im * filterRe;
    }
    const signal = fourier.invert();
    for (let n = 0; n < fftLength; n++) sums[start + n]! += signal[n]!;
  }
  return Float32Array.from(sums.subarray(0, samples.length));
}

/** See `Dsp.addReverb`. */
export function addReverb(
  module: WebAssembly.Module,
  samples: Float32Array,
  options: AddReverbOptions,
): Float32Array {
  assertSamples(samples);
  const { sampleRateHz, decaySec, wetDb } = options;
  assertNumber(
    'sampleRateHz',
    sampleRateHz,
    (value) => value > 0 && value <= 384000,
    'a number of hertz above 0 and at most 384000',
  );
  assertNumber(
    'decaySec',
    decaySec,
    (value) => value >= 0.01 && value <= 3,
    'a number from 0.01 to 3',
  );
  assertNumber('wetDb', wetDb ?? -10, (value) => Math.abs(value) <= 60, 'a number from -60 to 60');
  if (samples.some((sample) => !Number.isFinite(sample))) rejectSamples(samples);
  return convolve(module, samples, synthesiseRoom(options));
}
