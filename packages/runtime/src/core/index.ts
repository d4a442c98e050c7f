export {
  type Dsp,
  type FeatureConfig,
  type FeatureConfigInput,
  type FeatureMatrix,
  listFeatureNames,
  loadDsp,
  resolveFeatureConfig,
  SerError,
  type SerErrorCode,
  type Spectrogram,
  type SpectrogramOptions,
} from '@ser/dsp-wasm';
export type { AudioClip } from './audio/audio-clip.ts';
export { type DecodeOptions, decodeAudio } from './audio/decode-audio.ts';
export { countEndings, sortByEnding } from './audio/file-endings.ts';
export { averageOverSpeeds } from './average-over-speeds.ts';
export {
  type AdaptOptions,
  type BatchOptions,
  Classifier,
  type ClipOptions,
  type PredictOptions,
} from './classifier.ts';
export { decodeText } from './decode-text.ts';
export { type Emotion, emotions, toEmotion } from './emotion-names.ts';
export { createFrontEnd, type FrontEnd, frontEndVersion } from './front-end.ts';
export type {
  Device,
  FeatureBatch,
  GraphValue,
  InferenceSession,
  ModelOutput,
  OpenSession,
} from './inference.ts';
export { applyLabelBias, fitLabelBias } from './label-bias.ts';
export { chooseLabels, type LabelChoice } from './label-choice.ts';
export type { EmotionStream, LiveUpdate, StreamOptions } from './live/emotion-stream.ts';
export {
  type FrontEndConfig,
  type Manifest,
  manifestKey,
  parseFrontEnd,
  parseManifest,
  type Score,
} from './manifest.ts';
export { readModelFile } from './model-file.ts';
export { averageByWeight, cutPieces } from './pieces.ts';
export type { AudioSource, Platform } from './platform.ts';
export type { BatchOutcome, Judgement, Prediction } from './prediction.ts';
export { formatSegments, type SegmentFormat, segmentFormats } from './segments/format-segments.ts';
export type { Segment } from './segments/segment.ts';
export { measureProfile, SpeakerMean, type SpeakerProfile } from './speaker/speaker-profile.ts';
export {
  formatVoicePrior,
  joinProfiles,
  measureShift,
  parseVoicePrior,
  speakerShift,
  type VoicePrior,
  voicesKey,
} from './speaker/voice-prior.ts';
export type { OpenSpeechModel, SpeechModel } from './speech/speech-model.ts';
export { applyTemperature } from './temperature.ts';
export {
  defaultWindowSec,
  listWindows,
  type SampleRange,
  type TimelineOptions,
  type TimelineWindow,
} from './timeline.ts';
export { defaultUncertainty, type Uncertainty } from './uncertainty.ts';
