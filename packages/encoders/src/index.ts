export { composeModel, encoderFrames, type GraphEnd, nameState } from './compose-model.ts';
export {
  assertLayers,
  type EncoderManifest,
  encoderKey,
  readEncoderFile,
} from './encoder-manifest.ts';
export { cutEncoder, extractEncoder } from './extract-encoder.ts';
export { adaptToSpeaker } from './head/adapt-to-speaker.ts';
export { createEmbedder, type EncoderOutput } from './head/embedder.ts';
export {
  type FitHeadOptions,
  fitLinearHead,
  type LabelledEmbedding,
} from './head/fit-linear-head.ts';
export {
  addLinearHead,
  type LinearHead,
  measureEmbeddings,
  predictWithHead,
} from './head/linear-head.ts';
export { composeLinearModel } from './head/linear-model.ts';
export { addProbabilities } from './head/probabilities.ts';
export { addStatisticsPooling } from './head/statistics-pooling.ts';
export { createProbes, judgeAnswers } from './import/check-classifier.ts';
export { holdsExport, importedFamilies } from './import/export-config.ts';
export {
  type ImportClassifierOptions,
  type ImportedClassifier,
  importClassifier,
} from './import/import-classifier.ts';
export { type ImportEncoderOptions, importEncoder } from './import/import-encoder.ts';
export { holdsWhisper, importWhisper } from './import/import-whisper.ts';
export type { WeightsFolder } from './import/weights-folder.ts';
export {
  buildWhisperEncoder,
  type EncoderDescription,
  type WhisperOptions,
} from './whisper/build-whisper.ts';
export { readWhisperFile } from './whisper/read-whisper-file.ts';
export {
  readWhisperModelBin,
  readWhisperSafetensors,
  type WhisperWeights,
} from './whisper/whisper-weights.ts';
