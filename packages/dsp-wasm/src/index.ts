export type { AddReverbOptions } from './augment/add-reverb.ts';
export type { ChangeSpeedOptions, ShiftPitchOptions } from './augment/change-speed.ts';
export {
  type AddNoiseOptions,
  type ApplyGainOptions,
  addNoise,
  applyGain,
  type SetLevelOptions,
  setLevel,
} from './augment/level.ts';
export { type LimitBandOptions, limitBand } from './augment/limit-band.ts';
export type { StretchTimeOptions } from './augment/stretch-time.ts';
export { type TiltSpectrumOptions, tiltSpectrum } from './augment/tilt-spectrum.ts';
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
/** Digest of the kernels and their tables: features of the same version and settings are the same. */
export { kernelVersion } from './generated/wasm-module.ts';
export { assertNoLfsPointer } from './lfs-pointer.ts';
export type { ResampleOptions } from './resampler.ts';
export type { ResamplerStream } from './resampler-stream.ts';
export type { SampleInterval, TrimOptions } from './silence.ts';
export type { Spectrogram, SpectrogramOptions } from './spectrogram.ts';
export { listMelCentresHz } from './tables/mel-bank.ts';
