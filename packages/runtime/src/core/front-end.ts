import {
  type Dsp,
  type FeatureExtractor,
  type FeatureMatrix,
  loadDsp,
  type SampleInterval,
  setLevel,
} from '@ser/dsp-wasm';
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
   * Resamples and trims one clip, brings it to the level of the config, if it names one, and computes
   * its features.
   *
   * @returns a fresh matrix [frames, features].
   * @throws SerError `AUDIO_EMPTY`, `AUDIO_NOT_FINITE`, `AUDIO_TOO_SHORT` or `AUDIO_SILENT`.
   */
  process(clip: AudioClip): FeatureMatrix {
    return this.#extract(this.prepare(clip));
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
      this.#extract(factor === 1 ? samples : this.#dsp.changeSpeed(samples, { factor })),
    );
  }

  /**
   * The features of a window of a recording. Where clips are trimmed, its pauses are cut out as their
   * ends are: a model that has heard sentences from start to end takes a pause for part of one.
   *
   * @returns a fresh matrix [frames, features].
   * @throws SerError as {@link process}.
   */
  processWindow(window: AudioClip): FeatureMatrix {
    const samples = this.#resample(window);
    const { trim } = this.config;
    if (!trim) return this.#extract(samples);
    const intervals = this.#dsp.splitSilence(samples, trim);
    return this.#extract(joinIntervals(samples, intervals));
  }

  /**
   * The samples that features are computed from, at the level of the clip: at the features' rate,
   * trimmed.
   *
   * @throws SerError as {@link process}.
   */
  prepare(clip: AudioClip): Float32Array {
    const samples = this.#resample(clip);
    const { trim } = this.config;
    if (!trim) return samples;
    const { startSample, endSample } = this.#dsp.trimSilence(samples, trim);
    return samples.subarray(startSample, endSample);
  }

  #extract(samples: Float32Array): FeatureMatrix {
    const { levelDb } = this.config;
    const heard = levelDb === undefined ? samples : setLevel(samples, { levelDb });
    return this.#extractor.extract(heard);
  }

  #resample(clip: AudioClip): Float32Array {
    checkClip(clip);
    const { sampleRateHz } = this.config.features;
    if (clip.sampleRateHz === sampleRateHz) return clip.samples;
    return this.#dsp.resample(clip.samples, { fromHz: clip.sampleRateHz, toHz: sampleRateHz });
  }
}

function joinIntervals(samples: Float32Array, intervals: readonly SampleInterval[]): Float32Array {
  const parts = intervals.map(({ startSample, endSample }) =>
    samples.subarray(startSample, endSample),
  );
  if (parts.length === 1) return parts[0]!;
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
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
