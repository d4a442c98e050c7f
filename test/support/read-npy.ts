import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '@ser/dsp-wasm';

/** Reads float32 values of any number of axes from a NumPy file of version 1.0. */
export function readNpyArray(path: string): { data: Float32Array; shape: number[] } {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+)\)/.exec(header)?.[1];
  if (!shape) throw new Error(`${path} has no float32 values: ${header}`);
  const data = new Float32Array(new Uint8Array(bytes.subarray(start)).buffer);
  return {
    data,
    shape: shape
      .split(',')
      .filter((part) => part.trim())
      .map(Number),
  };
}

/** Reads a float32 matrix from a NumPy file of version 1.0. */
export function readNpy(path: string): FeatureMatrix {
  const { data, shape } = readNpyArray(path);
  const [frames, features] = shape;
  if (shape.length !== 2) throw new Error(`${path} is no matrix: ${shape}`);
  return { data, frames: frames!, features: features! };
}
