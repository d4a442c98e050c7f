import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '@ser/dsp-wasm';

/** Reads a float32 matrix from a NumPy file of version 1.0. */
export function readNpy(path: string): FeatureMatrix {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'descr': '<f4', .*'shape': \((\d+), (\d+)\)/.exec(header);
  if (!shape) throw new Error(`${path} is no float32 matrix: ${header}`);
  const data = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
  return { data, frames: Number(shape[1]), features: Number(shape[2]) };
}
