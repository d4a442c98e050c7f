export { composeModel, encoderFrames, type GraphEnd, nameState } from './compose-model.ts';
export {
  assertLayers,
  type EncoderManifest,
  encoderKey,
  readEncoderFile,
} from './encoder-manifest.ts';
export { createEmbedder, type EncoderOutput } from './head/embedder.ts';
export {
  type FitHeadOptions,
  fitLinearHead,
  type LabelledEmbedding,
} from './head/fit-linear-head.ts';
export { addLinearHead, type LinearHead, predictWithHead } from './head/linear-head.ts';
export { addStatisticsPooling } from './head/statistics-pooling.ts';
