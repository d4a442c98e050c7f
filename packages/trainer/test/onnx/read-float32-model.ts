import { readFileSync } from 'node:fs';
import { decodeModel, encodeModel } from '@ser/onnx';
import { manifestKey, readModelFile } from '@ser/runtime/core';
import { expandWeights } from '../../../onnx/test/expand-weights.ts';

/** The small model that comes with the project, as it was before it was stored in float16. */
export function readFloat32Model(): Uint8Array {
  const small = readFileSync(new URL('../../../../models/small.onnx', import.meta.url));
  const { precision: _, ...manifest } = readModelFile(small);
  const model = expandWeights(decodeModel(small));
  const metadata = { ...model.metadata, [manifestKey]: JSON.stringify(manifest) };
  return encodeModel({ ...model, metadata });
}
