import { type Dsp, type FeatureExtractor, type FeatureMatrix, loadDsp } from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { checkClip } from './audio/check-clip.ts';
import type { FrontEndConfig } from './manifest.ts';

let sharedDsp: Promise<Dsp> | undefined;

/** The signal processing that all of a program's front ends share. */
export function loadSharedDsp(): Promise<Dsp> {
  sharedDsp ??= loadDsp();
  return sharedDsp;
}

/** The road from a decoded clip to the model's input. Made by {@link createFrontEnd}. */
export class FrontEnd {
  readonly config: FrontEndConfig;
  readonly #dsp: Dsp;
  readonly #extractor: FeatureExtractor;

  constructor(dsp: Dsp, config: FrontEndConfig) {
    this.config = config;
    this.#dsp = dsp;
    this.#extractor = dsp.createExtractor(config.features);
  }

  /** Names of the matrix's columns. */
  get featureNames(): readonly string[] {
    return this.#extractor.featureNames;
  }

  /**
   * Resamples, trims and computes the features of one clip.
   *
   * @returns a fresh matrix [frames, features].
   * @throws SerError `AUDIO_EMPTY`, `AUDIO_NOT_FINITE`, `AUDIO_TOO_SHORT` or `AUDIO_SILENT`.
   */
  process(clip: AudioClip): FeatureMatrix {
    return this.#extractor.extract(this.prepare(clip));
  }

  /**
   * The features of a clip as if it were played slower and faster, as a tape is: pitch and length
   * change.
   *
   * @returns a fresh matrix for each speed; 1 gives what {@link process} does.
   * @throws SerError as {@link process}.
   */
  processAtSpeeds(clip: AudioClip, speeds: readonly number[]): FeatureMatrix[] {
    const samples = this.prepare(clip);
    return speeds.map((factor) =>
      this.#extractor.extract(factor === 1 ? samples : this.#dsp.changeSpeed(samples, { factor })),
    );
  }

  /**
   * The samples that features are computed from: the clip at the features' rate, trimmed.
   *
   * @throws SerError as {@link process}.
   */
  prepare(clip: AudioClip): Float32Array {
    checkClip(clip);
    const { features, trim } = this.config;
    const samples =
      clip.sampleRateHz === features.sampleRateHz
        ? clip.samples
        : this.#dsp.resample(clip.samples, {
            fromHz: clip.sampleRateHz,
            toHz: features.sampleRateHz,
          });
    if (!trim) return samples;
    const { startSample, endSample } = this.#dsp.trimSilence(samples, trim);
    return samples.subarray(startSample, endSample);
  }
}

/**
 * Makes the front end of a config. Training, evaluation and prediction all take this road.
 *
 * @throws SerError `INVALID_ARGUMENT` for feature settings that are wrong.
 *
 * @example
 * const frontEnd = await createFrontEnd(manifest.frontEnd);
 * const matrix = frontEnd.process(await decodeAudio(bytes));
 */
export async function createFrontEnd(config: FrontEndConfig): Promise<FrontEnd> {
  return new FrontEnd(await loadSharedDsp(), config);
}
