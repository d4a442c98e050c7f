import {
  type Dsp,
  type FeatureMatrix,
  loadDsp,
  type SampleInterval,
  SerError,
  setLevel,
} from '@ser/dsp-wasm';
import type { AudioClip } from './audio/audio-clip.ts';
import { checkClip } from './audio/check-clip.ts';
import { removeOffset } from './audio/remove-offset.ts';
import type { FrontEndConfig } from './manifest.ts';

/** Changes whenever the same clip and config give other samples or features than before. */
export const frontEndVersion = 2;

let sharedDsp: Promise<Dsp> | undefined;

/** The signal processing that all of a program's front ends share. */
export function loadSharedDsp(): Promise<Dsp> {
  sharedDsp ??= loadDsp();
  return sharedDsp;
}

/**
 * The road from a decoded clip to the model's input: a matrix of features or, where the model takes
 * the waveform, of the prepared samples in one column. Made by {@link createFrontEnd}.
 */
export class FrontEnd {
  readonly config: FrontEndConfig;
  /** Rate that clips are brought to. */
  readonly sampleRateHz: number;
  /** Frames of a matrix a second; of a waveform, its samples. */
  readonly frameRateHz: number;
  /** Names of the matrix's columns; `waveform` alone for one of samples. */
  readonly featureNames: readonly string[];
  readonly #dsp: Dsp;
  readonly #toMatrix: (samples: Float32Array) => FeatureMatrix;

  constructor(dsp: Dsp, config: FrontEndConfig) {
    this.config = config;
    this.#dsp = dsp;
    if (config.kind === 'features') {
      const extractor = dsp.createExtractor(config.features);
      this.sampleRateHz = config.features.sampleRateHz;
      this.frameRateHz = this.sampleRateHz / config.features.hopLength;
      this.featureNames = extractor.featureNames;
      this.#toMatrix = (samples) => extractor.extract(this.#fill(samples));
    } else {
      this.sampleRateHz = config.sampleRateHz;
      this.frameRateHz = this.sampleRateHz;
      this.featureNames = ['waveform'];
      this.#toMatrix = (samples) => {
        const filled = this.#fill(samples);
        const data = filled === samples ? samples.slice() : filled;
        return { data, frames: data.length, features: 1 };
      };
    }
  }

  /**
   * Takes a constant offset off one clip, resamples and trims it, brings it to the level of the config, if it names one, computes
   * its features, or normalises its samples, and has zeros behind it where the config asks for them.
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
    const { samples } = this.settle(window);
    const { trim } = this.config;
    if (!trim) return this.#extract(samples);
    const intervals = this.#dsp.splitSilence(samples, trim);
    return this.#extract(joinIntervals(samples, intervals));
  }

  /**
   * A clip without its constant offset, at `sampleRateHz`. What is given to another method is not
   * settled again.
   *
   * @throws SerError as {@link process}.
   */
  settle(clip: AudioClip): AudioClip {
    const { sampleRateHz } = this;
    if (clip instanceof SettledClip && clip.sampleRateHz === sampleRateHz) return clip;
    checkClip(clip);
    const samples = removeOffset(clip.samples);
    if (clip.sampleRateHz === sampleRateHz) return new SettledClip(samples, sampleRateHz);
    const rates = { fromHz: clip.sampleRateHz, toHz: sampleRateHz };
    return new SettledClip(this.#dsp.resample(samples, rates), sampleRateHz);
  }

  /** The same; null for audio that is silent. */
  settleUnlessSilent(clip: AudioClip): AudioClip | null {
    try {
      return this.settle(clip);
    } catch (error) {
      if (error instanceof SerError && error.code === 'AUDIO_SILENT') return null;
      throw error;
    }
  }

  /**
   * The samples that features are computed from, at the level of the clip: without their mean, at
   * `sampleRateHz`, trimmed.
   *
   * @throws SerError as {@link process}.
   */
  prepare(clip: AudioClip): Float32Array {
    const { samples } = this.settle(clip);
    const { trim } = this.config;
    if (!trim) return samples;
    const { startSample, endSample } = this.#dsp.trimSilence(samples, trim);
    return samples.subarray(startSample, endSample);
  }

  #extract(samples: Float32Array): FeatureMatrix {
    const { levelDb } = this.config;
    const heard = levelDb === undefined ? samples : setLevel(samples, { levelDb });
    return this.#toMatrix(heard);
  }

  /** Normalised and with the zeros behind it where the config asks for it. */
  #fill(samples: Float32Array): Float32Array {
    const { normalise, padEndSec = 0, padToSec = 0 } = this.config;
    const heard = normalise ? standardise(samples) : samples;
    const length = Math.max(
      samples.length + Math.round(padEndSec * this.sampleRateHz),
      Math.round(padToSec * this.sampleRateHz),
    );
    if (length === samples.length) return heard;
    const filled = new Float32Array(length);
    filled.set(heard);
    return filled;
  }
}

/** What has been checked, and has lost its offset, as it is before resampling. */
class SettledClip implements AudioClip {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;

  constructor(samples: Float32Array, sampleRateHz: number) {
    this.samples = samples;
    this.sampleRateHz = sampleRateHz;
  }
}

/** (x − mean) / sqrt(variance + 1e-7) over the clip, as wav2vec 2.0 and its kin are trained. */
function standardise(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  const factor = 1 / Math.sqrt(squares / samples.length + 1e-7);
  return samples.map((sample) => (sample - mean) * factor);
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
