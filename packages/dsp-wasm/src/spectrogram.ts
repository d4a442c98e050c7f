import { assertSamples } from './checks.ts';
import type { FeatureMatrix } from './extractor.ts';
import { type FeatureConfig, resolveFeatureConfig } from './feature-config.ts';
import { FeatureEngine } from './feature-engine.ts';

/** The options of a FeatureConfig that decide frames and spectra. */
export type SpectrogramOptions = Partial<
  Pick<
    FeatureConfig,
    'fftLength' | 'winLength' | 'hopLength' | 'window' | 'center' | 'padMode' | 'dropLastFrame'
  >
>;

/** Computes power spectrograms. Made by `Dsp.createSpectrogram`. */
export class Spectrogram {
  readonly #engine: FeatureEngine;

  constructor(module: WebAssembly.Module, options: SpectrogramOptions = {}) {
    const config = resolveFeatureConfig({ ...options, sets: ['chroma'] });
    this.#engine = new FeatureEngine(module, { ...config, sets: [] });
  }

  /**
   * |X|^2 of every frame.
   *
   * @param samples mono, 1 sample or more.
   * @returns a fresh matrix [frames, fftLength / 2 + 1]; column k is the frequency
   *   k * sampleRateHz / fftLength. Formula: librosa.stft, squared magnitude, unscaled.
   * @throws SerError AUDIO_EMPTY, AUDIO_NOT_FINITE or AUDIO_TOO_SHORT as FeatureExtractor.extract.
   */
  compute(samples: Float32Array): FeatureMatrix {
    assertSamples(samples);
    const engine = this.#engine;
    const { features, segmentFrames } = engine;
    const frames = engine.countFrames(samples.length);
    const data = new Float32Array(frames * features);
    for (let first = 0; first < frames; first += segmentFrames) {
      const count = Math.min(segmentFrames, frames - first);
      engine.loadSegment(samples, first, count);
      engine.kernels.spectrogram(count);
      data.set(engine.outputView(count), first * features);
    }
    return { data, frames, features };
  }
}
