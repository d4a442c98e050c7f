import { assertSamples } from './checks.ts';
import { concatenate } from './concatenate.ts';
import { DeltaAppender } from './deltas.ts';
import { type FeatureConfig, listFeatureNames } from './feature-config.ts';
import { FeatureEngine } from './feature-engine.ts';
import { writePlan } from './kernels.ts';

/** Features of a clip. */
export interface FeatureMatrix {
  /** Row-major [frames, features]. */
  data: Float32Array;
  frames: number;
  features: number;
}

/** Computes the feature sets of one config. Made by `Dsp.createExtractor`. */
export class FeatureExtractor {
  readonly config: FeatureConfig;
  /** Names of the columns. */
  readonly featureNames: string[];
  readonly #engine: FeatureEngine;

  constructor(module: WebAssembly.Module, config: FeatureConfig) {
    this.config = config;
    this.featureNames = listFeatureNames(config);
    this.#engine = new FeatureEngine(module, config);
  }

  /**
   * All feature sets of a clip, one row a frame.
   *
   * @param samples mono, at config.sampleRateHz, 1 sample or more, nominally -1 … 1.
   * @returns a fresh matrix [frames, features]; centred: frames = 1 + floor(samples / hopLength),
   *   one less with `dropLastFrame`; not centred: 1 + floor((samples - fftLength) / hopLength).
   * @throws SerError AUDIO_EMPTY for 0 samples, AUDIO_NOT_FINITE for a NaN or infinite sample (the
   *   message names it), AUDIO_TOO_SHORT for fewer than fftLength samples with `center: false`,
   *   fewer than hopLength with `dropLastFrame`, or fewer than deltas.width frames with deltas of
   *   mode 'interp'.
   *
   * @example
   * const { data, frames, features } = extractor.extract(samples);
   * const firstRow = data.subarray(0, features);
   */
  extract(samples: Float32Array): FeatureMatrix {
    assertSamples(samples);
    const frames = this.#engine.countFrames(samples.length);
    const data =
      frames <= this.#engine.segmentFrames
        ? this.#extractAtOnce(samples, frames)
        : this.#extractBySegments(samples, frames);
    const features = this.featureNames.length;
    return {
      data: this.config.deltas.order === 0 ? data : this.#appendDeltas(data),
      frames,
      features,
    };
  }

  #appendDeltas(rows: Float32Array): Float32Array {
    const appender = new DeltaAppender(this.config.deltas, this.#engine.features);
    const early = appender.push(rows);
    return concatenate(early, appender.flush());
  }

  #extractAtOnce(samples: Float32Array, frames: number): Float32Array {
    const engine = this.#engine;
    engine.loadSegment(samples, 0, frames);
    writePlan(engine.kernels, { keepPower: engine.estimatesTuning ? 1 : 0 });
    engine.kernels.extract(frames);
    return engine.outputView(frames).slice();
  }

  /** Two rounds over a long clip: what depends on the whole clip is known only after the first. */
  #extractBySegments(samples: Float32Array, frames: number): Float32Array {
    const engine = this.#engine;
    const { kernels, features, rawColumns, segmentFrames } = engine;
    const data = new Float32Array(frames * features);
    const raw = new Float32Array(4 * Math.ceil(frames / 4) * rawColumns);
    writePlan(kernels, { keepPower: 0 });
    kernels.beginClip();
    for (let first = 0; first < frames; first += segmentFrames) {
      const count = Math.min(segmentFrames, frames - first);
      engine.loadSegment(samples, first, count);
      engine.reservePeaks(count);
      kernels.analyse(count);
      raw.set(engine.rawView(count), first * rawColumns);
    }
    if (engine.estimatesTuning) kernels.tuneChroma();
    for (let first = 0; first < frames; first += segmentFrames) {
      const count = Math.min(segmentFrames, frames - first);
      const rawView = engine.rawView(count);
      rawView.set(raw.subarray(first * rawColumns, first * rawColumns + rawView.length));
      if (engine.estimatesTuning) {
        engine.loadSegment(samples, first, count);
        kernels.chromaPass(count);
      }
      kernels.finish(count);
      data.set(engine.outputView(count), first * features);
    }
    return data;
  }
}
