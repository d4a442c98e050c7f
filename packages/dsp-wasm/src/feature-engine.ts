import { Arena } from './arena.ts';
import { rejectSamples } from './checks.ts';
import { SerError } from './errors.ts';
import type { FeatureConfig } from './feature-config.ts';
import { buildFeaturePlan } from './feature-plan.ts';
import { instantiateKernels, type Kernels, writePlan } from './kernels.ts';
import { copyPadded } from './padding.ts';
import { buildChromaBank } from './tables/chroma-bank.ts';
import { packBank } from './tables/sparse-bank.ts';

/** Spectra that are kept between the two passes of a clip take at most this much memory. */
const largestPowerBytes = 16 * 1024 * 1024;
const largestSampleBytes = 32 * 1024 * 1024;
const largestSegmentFrames = 4096;

/**
 * The kernels with the tables of one config, and buffers for a segment of frames. Buffers grow to
 * the longest segment seen and no further; a segment's size is bounded, whatever the clip's length.
 * With no sets at all its output is the power spectrum.
 */
export class FeatureEngine {
  readonly kernels: Kernels;
  readonly config: FeatureConfig;
  readonly features: number;
  readonly rawColumns: number;
  readonly estimatesTuning: boolean;
  /** Samples of padding before the first and after the last of a clip. */
  readonly pad: number;
  /** Frames of the longest segment, a multiple of 4. */
  readonly segmentFrames: number;

  readonly #arena: Arena;
  readonly #scratchBase: number;
  readonly #chromaBank: number;
  readonly #chromaBanks = new Map<number, Uint8Array>();
  readonly #peaksPerFrame: number;
  #capacityFrames = 0;
  #samples = 0;
  #raw = 0;
  #output = 0;
  #peaks = 0;

  constructor(module: WebAssembly.Module, config: FeatureConfig) {
    this.config = config;
    this.pad = config.center ? config.fftLength / 2 : 0;
    this.kernels = instantiateKernels(module, (bin) => this.#loadChromaBank((bin - 50) / 100));
    this.#arena = new Arena(this.kernels.memory, this.kernels.heapBase());
    const { plan, tuningBins } = buildFeaturePlan(config, this.#arena);
    writePlan(this.kernels, plan);
    this.features = plan.outputColumns;
    this.rawColumns = plan.rawColumns;
    this.estimatesTuning = plan.tuningEstimated === 1;
    this.#peaksPerFrame = Math.ceil(tuningBins / 2) + 1;
    this.#chromaBank = plan.chromaBank;
    if (plan.chromaBins && config.chroma.tuning !== null)
      this.#loadChromaBank(config.chroma.tuning);

    const framesOfPower = largestPowerBytes / (2 * config.fftLength + 4);
    const framesOfSamples = largestSampleBytes / (4 * config.hopLength);
    const frames = Math.min(largestSegmentFrames, framesOfPower, framesOfSamples);
    this.segmentFrames = Math.max(4, 4 * Math.floor(frames / 4));
    this.#scratchBase = this.#arena.top;
  }

  /** Frames of a clip of `length` samples. Throws AUDIO_TOO_SHORT where not even one fits. */
  countFrames(length: number): number {
    const { hopLength, fftLength, dropLastFrame } = this.config;
    if (dropLastFrame && length < hopLength) {
      throw new SerError(
        'AUDIO_TOO_SHORT',
        `The audio has ${length} samples; with dropLastFrame at least hopLength (${hopLength}) are needed.`,
      );
    }
    const surplus = length + 2 * this.pad - fftLength;
    if (surplus < 0) {
      throw new SerError(
        'AUDIO_TOO_SHORT',
        `The audio has ${length} samples; without centring at least fftLength (${fftLength}) are needed.`,
      );
    }
    return Math.floor(surplus / hopLength) + (dropLastFrame ? 0 : 1);
  }

  /** Samples that `frames` frames cover. */
  countSamples(frames: number): number {
    return (frames - 1) * this.config.hopLength + this.config.fftLength;
  }

  /**
   * Copies in what frames firstFrame … firstFrame + frames - 1 cover, and checks it. `samples[0]` is
   * sample number `firstSample` of the clip.
   */
  loadSegment(samples: Float32Array, firstFrame: number, frames: number, firstSample = 0): void {
    if (frames > this.#capacityFrames)
      this.#growTo(Math.min(this.segmentFrames, (frames + 63) & ~63));
    const length = this.countSamples(frames);
    const start = firstFrame * this.config.hopLength - this.pad - firstSample;
    copyPadded(samples, start, this.#arena.floats(this.#samples, length), this.config.padMode);
    writePlan(this.kernels, {
      clipStart: Math.max(0, -start),
      clipEnd: Math.min(length, samples.length - start),
    });
    if (this.kernels.findNotFinite(this.#samples, length) >= 0) rejectSamples(samples, firstSample);
  }

  /** Room for the spectral peaks of one more segment of a long clip, behind those already there. */
  reservePeaks(frames: number): void {
    if (!this.estimatesTuning) return;
    const count = this.kernels.peakCount.value + frames * this.#peaksPerFrame;
    this.#arena.rewind(this.#peaks);
    this.#arena.reserve(8 * count);
  }

  /** Intermediate columns of a segment, in blocks of four frames. */
  rawView(frames: number): Float32Array {
    return this.#arena.floats(this.#raw, 4 * Math.ceil(frames / 4) * this.rawColumns);
  }

  /** Rows of the segment's result. */
  outputView(frames: number): Float32Array {
    return this.#arena.floats(this.#output, frames * this.features);
  }

  #growTo(frames: number): void {
    const arena = this.#arena;
    const bins = this.config.fftLength / 2 + 1;
    arena.rewind(this.#scratchBase);
    this.#capacityFrames = frames;
    this.#samples = arena.reserve(4 * this.countSamples(frames));
    this.#raw = arena.reserve(4 * frames * this.rawColumns);
    this.#output = arena.reserve(4 * frames * this.features);
    const power = arena.reserve(4 * bins * (this.estimatesTuning ? frames : 4));
    this.#peaks = arena.reserve(this.estimatesTuning ? 8 * frames * this.#peaksPerFrame : 0);
    writePlan(this.kernels, {
      samples: this.#samples,
      raw: this.#raw,
      output: this.#output,
      power,
      tuningPeaks: this.#peaks,
    });
  }

  #loadChromaBank(tuning: number): void {
    let bank = this.#chromaBanks.get(tuning);
    if (!bank) {
      const { chroma, sampleRateHz, fftLength } = this.config;
      bank = packBank(buildChromaBank(chroma.bins, tuning, sampleRateHz, fftLength));
      this.#chromaBanks.set(tuning, bank);
    }
    this.#arena.write(this.#chromaBank, bank);
  }
}
