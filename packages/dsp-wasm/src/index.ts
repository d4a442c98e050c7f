export { type Dsp, loadDsp } from './dsp.ts';
export { SerError, type SerErrorCode } from './errors.ts';
export type { FeatureExtractor, FeatureMatrix } from './extractor.ts';
export {
  type BandwidthConfig,
  type ChromaConfig,
  type ContrastConfig,
  type DeltasConfig,
  type F0Config,
  type FeatureConfig,
  type FeatureConfigInput,
  type FeatureSet,
  featureSets,
  listFeatureNames,
  type MelConfig,
  type MfccConfig,
  type PadMode,
  type RolloffConfig,
  resolveFeatureConfig,
  type WindowName,
} from './feature-config.ts';
export type { FeatureStream } from './feature-stream.ts';
/** Digest of the WebAssembly module: features of the same version and settings are the same. */
export { wasmDigest as kernelVersion } from './generated/wasm-module.ts';
export type { ResampleOptions } from './resampler.ts';
export type { ResamplerStream } from './resampler-stream.ts';
export type { TrimmedRange, TrimOptions } from './silence.ts';
export type { Spectrogram, SpectrogramOptions } from './spectrogram.ts';
