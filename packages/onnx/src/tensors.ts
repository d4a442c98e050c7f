import { decodeHalfFloats, toFloat16Bits } from './float16.ts';
import type { OnnxTensor } from './onnx-model.ts';

type Shape = readonly number[];

function viewBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A float32 constant; it shares the memory of `values`. */
export function createFloats(name: string, shape: Shape, values: Float32Array): OnnxTensor {
  return { name, type: 'float32', shape, data: viewBytes(values) };
}

/** A float16 constant of values that are rounded to the nearest one. */
export function createHalfFloats(name: string, shape: Shape, values: Float32Array): OnnxTensor {
  const halves = new Uint16Array(values.length);
  values.forEach((value, at) => {
    halves[at] = toFloat16Bits(value);
  });
  return { name, type: 'float16', shape, data: viewBytes(halves) };
}

/** An int8 constant; it shares the memory of `values`. */
export function createInt8s(name: string, shape: Shape, values: Int8Array): OnnxTensor {
  return { name, type: 'int8', shape, data: viewBytes(values) };
}

/** An int64 constant. */
export function createIntegers(name: string, shape: Shape, values: Shape): OnnxTensor {
  return { name, type: 'int64', shape, data: viewBytes(BigInt64Array.from(values, BigInt)) };
}

/** The values of a float32 or float16 constant, or undefined for one of another type. */
export function readFloats({ type, data }: OnnxTensor): Float32Array | undefined {
  // A copy: views need an aligned start, which bytes within a file seldom have.
  const aligned = () => new Uint8Array(data).buffer;
  if (type === 'float32') return new Float32Array(aligned());
  if (type === 'float16') return decodeHalfFloats(new Uint16Array(aligned()));
  return undefined;
}

/** The values of an int64 or int32 constant, or undefined for one of another type. */
export function readIntegerValues({ type, data }: OnnxTensor): number[] | undefined {
  const aligned = () => new Uint8Array(data).buffer;
  if (type === 'int64') return Array.from(new BigInt64Array(aligned()), Number);
  if (type === 'int32') return Array.from(new Int32Array(aligned()));
  return undefined;
}
