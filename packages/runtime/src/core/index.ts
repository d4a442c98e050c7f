export {
  type FeatureConfig,
  type FeatureConfigInput,
  type FeatureMatrix,
  listFeatureNames,
  resolveFeatureConfig,
  SerError,
  type SerErrorCode,
} from '@ser/dsp-wasm';
export type { AudioClip } from './audio/audio-clip.ts';
export { type DecodeOptions, decodeAudio } from './audio/decode-audio.ts';
export { type AudioSource, Classifier, type Platform, type PredictOptions } from './classifier.ts';
export { createFrontEnd, type FrontEnd } from './front-end.ts';
export type { FeatureBatch, GraphValue, InferenceSession, OpenSession } from './inference.ts';
export {
  type FrontEndConfig,
  type Manifest,
  manifestKey,
  parseManifest,
  type Score,
} from './manifest.ts';
export { readModelFile } from './model-file.ts';
export type { BatchOutcome, Judgement, Prediction } from './prediction.ts';
export type { TimelineOptions, TimelineWindow } from './timeline.ts';
export { defaultUncertainty, type Uncertainty } from './uncertainty.ts';
