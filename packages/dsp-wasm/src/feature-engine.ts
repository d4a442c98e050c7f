import { Arena } from './arena.ts';
import { rejectSamples } from './checks.ts';
import { SerError } from './errors.ts';
import { countColumns, type FeatureConfig, type FeatureSet } from './feature-config.ts';
import { instantiateKernels, type Kernels, type Plan, writePlan } from './kernels.ts';
import { copyPadded } from './padding.ts';
import { buildChromaBank } from './tables/chroma-bank.ts';
import { listContrastBands } from './tables/contrast-bands.ts';
import { buildDctTable } from './tables/dct-table.ts';
import { buildFftTables } from './tables/fft-tables.ts';
import { buildMelBank } from './tables/mel-bank.ts';
import { packBank } from './tables/sparse-bank.ts';
import { buildWindow } from './tables/window.ts';

/** Spectra that are kept between the two passes of a clip take at most this much memory. */
const largestPowerBytes = 16 * 1024 * 1024;
const largestSegmentFrames = 4096;

const tuningLowestHz = 150;
const tuningHighestHz = 4000;

const chromaNorms = new Map<unknown, number>([
  [null, 0],
  [1, 1],
  [2, 2],
  ['inf', 3],
]);

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
    const arena = this.#arena;
    const { sampleRateHz, fftLength, mel, mfcc, chroma, contrast } = config;
    const bins = fftLength / 2 + 1;
    const columns = (set: FeatureSet) =>
      config.sets.includes(set) ? countColumns(config, set) : 0;
    const mfccCount = columns('mfcc');
    const melColumns = columns('mel');
    const melBands = mfccCount || melColumns ? mel.bands : 0;
    const chromaBins = columns('chroma');
    const contrastRows = columns('contrast');
    this.features =
      config.sets.length === 0 ? bins : mfccCount + chromaBins + melColumns + contrastRows;
    this.rawColumns = melBands + chromaBins + 2 * contrastRows;
    this.estimatesTuning = chromaBins > 0 && chroma.tuning === null;

    const fft = buildFftTables(fftLength);
    const binHz = sampleRateHz / fftLength;
    const tuningFirstBin = Math.max(1, Math.ceil(tuningLowestHz / binHz));
    const tuningEndBin = Math.max(
      tuningFirstBin,
      Math.ceil(Math.min(tuningHighestHz, sampleRateHz / 2) / binHz),
    );
    this.#peaksPerFrame = Math.ceil((tuningEndBin - tuningFirstBin) / 2) + 1;
    this.#chromaBank = arena.reserve(4 * chromaBins * (2 * bins + 2));
    const bands = contrastRows ? listContrastBands(config) : [];
    const longestBand = Math.max(0, ...bands.map(({ first, end }) => end - first));
    const plan: Plan = {
      fftLength,
      hopLength: config.hopLength,
      windowTable: arena.place(buildWindow(config.window, config.winLength, fftLength)),
      orderTable: arena.place(fft.order),
      twiddleTable: arena.place(fft.twiddles),
      splitTable: arena.place(fft.split),
      fftBuffer: arena.reserve(16 * fftLength),
      rawColumns: this.rawColumns,
      outputColumns: this.features,
      columnBuffer: arena.reserve(16 * this.features),
      spectrumBuffer: arena.reserve(16 * Math.max(bins, melBands)),
      melBands,
      melBank: melBands ? arena.place(packBank(buildMelBank(mel, sampleRateHz, fftLength))) : 0,
      melExponent: mel.power,
      melInDecibels: melColumns && mel.unit === 'db' ? 1 : 0,
      melColumns,
      mfccCount,
      dctTable: mfccCount ? arena.place(buildDctTable(mfcc, mel.bands)) : 0,
      chromaBins,
      chromaBank: this.#chromaBank,
      chromaNorm: chromaNorms.get(chroma.norm)!,
      tuningEstimated: this.estimatesTuning ? 1 : 0,
      tuningFirstBin,
      tuningEndBin,
      sampleRateHz,
      contrastRows,
      contrastTable: arena.place(
        Int32Array.from(bands.flatMap(({ first, end, count }) => [first, end, count])),
      ),
      contrastLinear: contrast.linear ? 1 : 0,
      selectionBuffer: arena.reserve(Math.max(4 * longestBand, 512)),
      topDb: config.topDb ?? Infinity,
    };
    writePlan(this.kernels, plan);
    if (chromaBins && chroma.tuning !== null) this.#loadChromaBank(chroma.tuning);

    const framesOfPower = Math.floor(largestPowerBytes / (4 * bins));
    this.segmentFrames = 4 * Math.floor(Math.min(largestSegmentFrames, framesOfPower) / 4);
    this.#scratchBase = arena.top;
  }

  /** Frames of a clip of `length` samples. Throws AUDIO_TOO_SHORT where not even one fits. */
  countFrames(length: number): number {
    const { hopLength, fftLength } = this.config;
    const surplus = length + 2 * this.pad - fftLength;
    if (surplus < 0) {
      throw new SerError(
        'AUDIO_TOO_SHORT',
        `The audio has ${length} samples; without centring at least fftLength (${fftLength}) are needed.`,
      );
    }
    return 1 + Math.floor(surplus / hopLength);
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
