import { compactWeights, decodeModel, encodeModel, type ModelPrecision } from '@ser/onnx';
import { manifestKey, readModelFile } from '@ser/runtime/core';

/**
 * The same model file with its large weights in fewer bits, see `compactWeights`. The manifest tells
 * of it under `precision`.
 *
 * @param model bytes of a float32 model file of this project.
 * @throws SerError `MODEL_INVALID` for another file.
 */
export function compactModel(model: Uint8Array, precision: ModelPrecision): Uint8Array {
  const manifest = readModelFile(model);
  if (precision === 'float32') return model;
  const compact = compactWeights(decodeModel(model), precision);
  const metadata = {
    ...compact.metadata,
    [manifestKey]: JSON.stringify({ ...manifest, precision }),
  };
  return encodeModel({ ...compact, metadata });
}
