export { compactWeights, type ModelPrecision, modelPrecisions } from './compact-weights.ts';
export { decodeBranch, decodeModel } from './decode-model.ts';
export { encodeModel } from './encode-model.ts';
export { decodeHalfFloats, fromFloat16Bits, toFloat16Bits } from './float16.ts';
export { addFrameCount, addFrameMask, addFrameNumbers } from './frame-mask.ts';
export { GraphBuilder, LayerGraph } from './graph-builder.ts';
export { readMetadata, replaceMetadata } from './metadata.ts';
export {
  type ElementType,
  elementType,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-model.ts';
export { pruneModel } from './prune-model.ts';
export { addStatistics } from './statistics.ts';
export {
  createFloats,
  createHalfFloats,
  createInt8s,
  createIntegers,
  readFloats,
  readIntegerValues,
} from './tensors.ts';
