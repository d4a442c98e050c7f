import { SerError } from '@ser/dsp-wasm';
import { decodeHalfFloats } from '@ser/onnx';

/** A tensor of a weights file; its values are turned into float32 only when they are asked for. */
export interface WeightTensor {
  shape: readonly number[];
  /** Its values, row-major. */
  read(): Float32Array;
}

/** The tensors of a weights file by name. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** How a weights file may hold a float. */
export type FloatType = 'float32' | 'float16' | 'bfloat16';

/** Bytes of a float. */
export const floatBytes: Readonly<Record<FloatType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
};

/** Little-endian floats as float32. */
export function decodeFloats(type: FloatType, bytes: Uint8Array): Float32Array {
  // A copy: views need an aligned start, which bytes within a file seldom have.
  const { buffer } = new Uint8Array(bytes);
  if (type === 'float32') return new Float32Array(buffer);
  const halves = new Uint16Array(buffer);
  if (type === 'float16') return decodeHalfFloats(halves);
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** The number of values of a shape, or NaN for one that no file can hold. */
export function countValues(shape: readonly number[]): number {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Number.isSafeInteger(count) ? count : Number.NaN;
}

/** Throws the error of a weights file or an encoder that is not right. */
export function refuseEncoder(message: string, cause?: unknown): never {
  throw new SerError('ENCODER_INVALID', message, { cause });
}
