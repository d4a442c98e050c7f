import { assertNoLfsPointer } from '@ser/dsp-wasm';
import { z } from 'zod';
import {
  countValues,
  decodeFloats,
  type FloatType,
  floatBytes,
  refuseEncoder,
  type Weights,
  type WeightTensor,
} from './weights.ts';

/** The format's own limit is 100 MB; a header of the largest Whisper has 150 kB. */
const longestHeader = 10_000_000;

const integer = z.int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(integer).max(8),
  data_offsets: z.tuple([integer, integer]),
});

const types = new Map<string, FloatType>([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

/**
 * Reads a safetensors file: a header in JSON, then the values. Tensors of float32, float16 and
 * bfloat16 are returned; those of other types are no weights of an encoder and left out.
 *
 * @throws SerError `ENCODER_INVALID` for bytes that are no such file, or end before their tensors.
 *
 * @example
 * const { tensors } = readSafetensors(await readFile('model.safetensors'));
 */
export function readSafetensors(bytes: Uint8Array): {
  tensors: Weights;
  metadata: ReadonlyMap<string, string>;
} {
  assertNoLfsPointer(bytes, 'ENCODER_INVALID', 'the weights');
  if (bytes.length < 8) refuseEncoder('The file is no safetensors file: it has no header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > longestHeader || length > bytes.length - 8) {
    refuseEncoder(
      `The file is no safetensors file, or it is cut off: its header would have ${length} bytes.`,
    );
  }
  const data = bytes.subarray(8 + length);
  const tensors = new Map<string, WeightTensor>();
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(parseHeader(bytes.subarray(8, 8 + length)))) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value ?? {})) metadata.set(key, String(text));
      continue;
    }
    const tensor = toTensor(name, value, data);
    if (tensor) tensors.set(name, tensor);
  }
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    refuseEncoder('The header of the safetensors file is not JSON.', cause);
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  return refuseEncoder('The header of the safetensors file is not a list of tensors.');
}

function toTensor(name: string, value: unknown, data: Uint8Array): WeightTensor | undefined {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    return refuseEncoder(`The safetensors file does not say where the tensor ${name} lies.`);
  }
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const [start, end] = offsets;
  if (start > end || end > data.length) {
    refuseEncoder(
      `The safetensors file is cut off: ${name} lies at ${start} to ${end} of ${data.length} bytes.`,
    );
  }
  const type = types.get(dtype);
  if (!type) return undefined;
  if (countValues(shape) * floatBytes[type] !== end - start) {
    refuseEncoder(
      `The tensor ${name} of the safetensors file has ${end - start} bytes for the shape [${shape}] of ${type}.`,
    );
  }
  return { shape, read: () => decodeFloats(type, data.subarray(start, end)) };
}
