import { Arena } from './arena.ts';
import { type AddReverbOptions, addReverb } from './augment/add-reverb.ts';
import {
  type ChangeSpeedOptions,
  changeSpeed,
  type ShiftPitchOptions,
  shiftPitch,
} from './augment/change-speed.ts';
import { type StretchTimeOptions, stretchTime } from './augment/stretch-time.ts';
import { FeatureExtractor } from './extractor.ts';
import { type FeatureConfigInput, resolveFeatureConfig } from './feature-config.ts';
import { FeatureStream } from './feature-stream.ts';
import { compileKernels, instantiateKernels, type Kernels } from './kernels.ts';
import { type ResampleOptions, Resampler } from './resampler.ts';
import { ResamplerStream } from './resampler-stream.ts';
import { type SampleInterval, splitSilence, type TrimOptions, trimSilence } from './silence.ts';
import { Spectrogram, type SpectrogramOptions } from './spectrogram.ts';

const mostResamplers = 8;

/** The signal processing of one WebAssembly module. Made by `loadDsp`. */
export class Dsp {
  readonly #module: WebAssembly.Module;
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #resamplers = new Map<string, Resampler>();

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#kernels = instantiateKernels(module);
    this.#arena = new Arena(this.#kernels.memory, this.#kernels.heapBase());
  }

  /**
   * The signal at another rate, band-limited and without delay: a windowed-sinc polyphase filter,
   * flat within 0.01 dB to 0.9 of the lower Nyquist frequency, aliases and images below -100 dB.
   *
   * @returns ceil(samples * toHz / fromHz) samples, always a fresh array.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE, or INVALID_ARGUMENT for a rate that is not a
   *   whole number of hertz or more than 256 times the other.
   *
   * @example
   * const samples22k = dsp.resample(samples48k, { fromHz: 48000, toHz: 22050 });
   */
  resample(samples: Float32Array, options: ResampleOptions): Float32Array {
    return this.#resamplerFor(options).process(samples);
  }

  /**
   * The same resampling for a signal that arrives in pieces.
   *
   * @throws SerError INVALID_ARGUMENT for a rate that is not a whole number of hertz.
   *
   * @example
   * const stream = dsp.createResamplerStream({ fromHz: 48000, toHz: 16000 });
   * for (const chunk of chunks) play(stream.push(chunk));
   * play(stream.flush());
   */
  createResamplerStream(options: ResampleOptions): ResamplerStream {
    return new ResamplerStream(this.#resamplerFor(options));
  }

  /**
   * Where a clip's sound starts and ends: the first and last frame whose mean power is not more than
   * `topDb` below that of the loudest frame. Formula: librosa.effects.trim. A clip of digital silence
   * is kept whole, as there. In a noisy room nothing is that quiet: `noiseMarginDb` measures the noise
   * by the frame that the twentieth part of the frames is quieter than, and silence ends so far above;
   * then one and a half `frameLength` stay on either side, since sound begins and ends softly.
   *
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * const { startSample, endSample } = dsp.trimSilence(samples, { topDb: 30 });
   * const speech = samples.subarray(startSample, endSample);
   */
  trimSilence(samples: Float32Array, options?: TrimOptions): SampleInterval {
    return trimSilence(this.#kernels, this.#arena, samples, options);
  }

  /**
   * The parts of a clip that sound, without the pauses between them: runs of frames whose mean power
   * is not more than `topDb` below that of the loudest frame. Formula: librosa.effects.split. A clip
   * of digital silence is one part, as there.
   *
   * @returns the intervals in their order.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * for (const { startSample, endSample } of dsp.splitSilence(samples, { topDb: 30 })) {
   *   console.log(startSample, endSample);
   * }
   */
  splitSilence(samples: Float32Array, options?: TrimOptions): SampleInterval[] {
    return splitSilence(this.#kernels, this.#arena, samples, options);
  }

  /**
   * An extractor for one config, with its own memory. Make it once and use it for every clip.
   *
   * @throws SerError INVALID_ARGUMENT, see `resolveFeatureConfig`.
   *
   * @example
   * const extractor = dsp.createExtractor({ sampleRateHz: 16000, sets: ['mfcc'] });
   * const { data, frames, features } = extractor.extract(samples);
   */
  createExtractor(config?: FeatureConfigInput): FeatureExtractor {
    return new FeatureExtractor(this.#module, resolveFeatureConfig(config));
  }

  /**
   * An extractor for a signal that arrives in pieces; its rows equal those of the whole clip.
   *
   * @param config as for `createExtractor`; nothing may depend on the whole clip, so `topDb` must be
   *   null and `chroma.tuning` a number (0 is a good choice for speech).
   * @throws SerError INVALID_ARGUMENT for such a setting, or as `resolveFeatureConfig`.
   *
   * @example
   * const stream = dsp.createFeatureStream({ topDb: null, chroma: { tuning: 0 } });
   * for (const chunk of chunks) use(stream.push(chunk));
   * use(stream.flush());
   */
  createFeatureStream(config?: FeatureConfigInput): FeatureStream {
    return new FeatureStream(this.#module, resolveFeatureConfig(config));
  }

  /**
   * A maker of power spectrograms, the same that features start from.
   *
   * @throws SerError INVALID_ARGUMENT, see `resolveFeatureConfig`.
   *
   * @example
   * const { data, frames, features } = dsp.createSpectrogram({ hopLength: 256 }).compute(samples);
   */
  createSpectrogram(options?: SpectrogramOptions): Spectrogram {
    return new Spectrogram(this.#module, options);
  }

  /**
   * The signal played faster or slower at the same pitch, by a phase vocoder with frames of 2,048
   * samples every 512. Formula: librosa.effects.time_stretch.
   *
   * @returns round(samples / rate) samples.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * const slower = dsp.stretchTime(samples, { rate: 0.9 });
   */
  stretchTime(samples: Float32Array, options: StretchTimeOptions): Float32Array {
    return stretchTime(this.#module, samples, options);
  }

  /**
   * The signal at another pitch and the same length: stretched in time, then resampled. Formants move
   * with the pitch. Formula: librosa.effects.pitch_shift.
   *
   * @returns a fresh array of the same length.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * const higher = dsp.shiftPitch(samples, { semitones: 1.5 });
   */
  shiftPitch(samples: Float32Array, options: ShiftPitchOptions): Float32Array {
    return shiftPitch(
      this.#module,
      (signal, rates) => this.resample(signal, rates),
      samples,
      options,
    );
  }

  /**
   * The signal played faster or slower as a tape is: pitch and length both change.
   *
   * @returns ceil(samples / factor) samples.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * const faster = dsp.changeSpeed(samples, { factor: 1.1 });
   */
  changeSpeed(samples: Float32Array, options: ChangeSpeedOptions): Float32Array {
    return changeSpeed((signal, rates) => this.resample(signal, rates), samples, options);
  }

  /**
   * The signal in a synthetic room: direct sound, and from 3 ms on noise that decays by 60 dB in
   * `decaySec`.
   *
   * @returns a fresh array of the same length; what would ring on after the end is cut off.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or INVALID_ARGUMENT.
   *
   * @example
   * const inRoom = dsp.addReverb(samples, { sampleRateHz: 22050, decaySec: 0.4, seed: 7 });
   */
  addReverb(samples: Float32Array, options: AddReverbOptions): Float32Array {
    return addReverb(this.#module, samples, options);
  }

  #resamplerFor(options: ResampleOptions): Resampler {
    const key = `${options.fromHz}:${options.toHz}`;
    const resampler = this.#resamplers.get(key) ?? new Resampler(this.#module, options);
    this.#resamplers.delete(key);
    this.#resamplers.set(key, resampler);
    if (this.#resamplers.size > mostResamplers) {
      this.#resamplers.delete(this.#resamplers.keys().next().value!);
    }
    return resampler;
  }
}

/**
 * Loads the WebAssembly kernels, which are part of this package's code: no path, no fetch. Needs
 * WebAssembly SIMD (every browser and Node since 2023).
 *
 * @throws SerError WASM_UNAVAILABLE where WebAssembly or its SIMD is missing, or where a page's content
 *   security policy forbids it.
 *
 * @example
 * const dsp = await loadDsp();
 * const matrix = dsp.createExtractor().extract(samples);
 */
export async function loadDsp(): Promise<Dsp> {
  return new Dsp(await compileKernels());
}
