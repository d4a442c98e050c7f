import { assertSignal, rejectArgument } from './checks.ts';
import { concatenate } from './concatenate.ts';
import { DeltaAppender } from './deltas.ts';
import type { FeatureMatrix } from './extractor.ts';
import { type FeatureConfig, listFeatureNames } from './feature-config.ts';
import { FeatureEngine } from './feature-engine.ts';
import { SampleQueue } from './sample-queue.ts';

/** Throws INVALID_ARGUMENT for a setting whose numbers depend on samples that have not come yet. */
function assertCausal({ topDb, chroma, sets }: FeatureConfig): void {
  if (topDb !== null)
    rejectArgument('topDb', topDb, 'null in a stream, whose maximum is not known');
  if (sets.includes('chroma') && chroma.tuning === null) {
    rejectArgument('chroma.tuning', null, 'a number in a stream, whose tuning cannot be estimated');
  }
}

/**
 * Computes features of a signal that arrives in pieces. All rows that come out are those of the whole
 * signal. Made by `Dsp.createFeatureStream`; runs anywhere, also in a worker or an AudioWorklet.
 */
export class FeatureStream {
  readonly config: FeatureConfig;
  /** Names of the columns. */
  readonly featureNames: string[];
  readonly #engine: FeatureEngine;
  readonly #queue = new SampleQueue();
  readonly #deltas: DeltaAppender | undefined;
  #produced = 0;

  constructor(module: WebAssembly.Module, config: FeatureConfig) {
    assertCausal(config);
    this.config = config;
    this.featureNames = listFeatureNames(config);
    this.#engine = new FeatureEngine(module, config);
    if (config.deltas.order > 0) {
      this.#deltas = new DeltaAppender(config.deltas, this.#engine.features);
    }
  }

  /**
   * Frame t comes out once this many samples from t * hopLength on are in: fftLength / 2 when frames
   * are centred, else fftLength; with `dropLastFrame` at least hopLength; with deltas, half their
   * width of frames more. (Only the first frames may come later: they wait for what is mirrored or
   * fitted to.)
   */
  get latencySamples(): number {
    const { deltas, hopLength } = this.config;
    const lookAhead = deltas.order === 0 ? 0 : (deltas.width - 1) / 2;
    return this.#frameLatency + lookAhead * hopLength;
  }

  get #frameLatency(): number {
    const { fftLength, dropLastFrame, hopLength } = this.config;
    // A frame is known not to be the last one a hop after its centre.
    return Math.max(fftLength - this.#engine.pad, dropLastFrame ? hopLength : 0);
  }

  /**
   * @param samples the next piece, of any length, also 0.
   * @returns the frames that are finished now, often none.
   * @throws SerError AUDIO_NOT_FINITE naming the sample, counted from the start of the stream.
   */
  push(samples: Float32Array): FeatureMatrix {
    assertSignal(samples);
    this.#queue.append(samples);
    const { hopLength } = this.config;
    const { received } = this.#queue;
    // A mirrored head needs the samples it mirrors.
    const isWaiting = this.config.padMode === 'reflect' && received <= this.#engine.pad;
    const end = isWaiting ? 0 : Math.floor((received - this.#frameLatency) / hopLength) + 1;
    const rows = this.#produce(end);
    return this.#toMatrix(this.#deltas ? this.#deltas.push(rows) : rows);
  }

  /**
   * The frames that reach beyond the end of the signal; the next push starts a new signal.
   *
   * @throws SerError AUDIO_TOO_SHORT where not even one frame was complete, with `center: false` or
   *   `dropLastFrame`, or for fewer than deltas.width frames with deltas of mode 'interp'.
   */
  flush(): FeatureMatrix {
    const { received } = this.#queue;
    const rows = this.#produce(received === 0 ? 0 : this.#engine.countFrames(received));
    this.#queue.clear();
    this.#produced = 0;
    if (!this.#deltas) return this.#toMatrix(rows);
    const early = this.#deltas.push(rows);
    return this.#toMatrix(concatenate(early, this.#deltas.flush()));
  }

  #toMatrix(data: Float32Array): FeatureMatrix {
    const features = this.featureNames.length;
    return { data, frames: data.length / features, features };
  }

  #produce(end: number): Float32Array {
    const engine = this.#engine;
    const { kernels, features, segmentFrames, pad } = engine;
    const frames = Math.max(0, end - this.#produced);
    const data = new Float32Array(frames * features);
    const { samples, start, received } = this.#queue;
    for (let done = 0; done < frames; done += segmentFrames) {
      const count = Math.min(segmentFrames, frames - done);
      engine.loadSegment(samples, this.#produced + done, count, start);
      kernels.analyse(count);
      kernels.finish(count);
      data.set(engine.outputView(count), done * features);
    }
    this.#produced += frames;
    const nextFrameStart = this.#produced * this.config.hopLength - pad;
    this.#queue.dropBefore(Math.min(nextFrameStart, received - pad - 1));
    return data;
  }
}
