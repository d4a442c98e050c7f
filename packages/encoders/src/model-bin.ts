import { assertNoLfsPointer } from '@ser/dsp-wasm';
import {
  countValues,
  decodeFloats,
  type FloatType,
  floatBytes,
  refuseEncoder,
  type WeightTensor,
} from './weights.ts';

/** The layout that every converter since Whisper was supported writes. */
const binaryVersion = 6;
const mostDimensions = 8;

/** Element types by their number in the file. */
const elements = ['float32', 'int8', 'int16', 'int32', 'float16', 'bfloat16'] as const;
const elementBytes = { ...floatBytes, int8: 1, int16: 2, int32: 4 } as const;

type Variable = WeightTensor & { type: (typeof elements)[number]; bytes: Uint8Array };

/** What a `model.bin` holds. */
export interface ModelBin {
  /** Kind of model, such as `WhisperSpec`. */
  spec: string;
  revision: number;
  /** Its variables of any type by name; int8 weights are divided by their scales when read. */
  tensors: ReadonlyMap<string, WeightTensor>;
}

/**
 * Reads a `model.bin`, the format of CTranslate2 (faster-whisper): after version and name of the
 * model each variable with name, shape, type and values; then further names of the same variables.
 * An int8 weight comes with a scale for each of its rows, by which its values are divided.
 *
 * @throws SerError `ENCODER_INVALID` for bytes that are no such file, or end early.
 */
export function readModelBin(bytes: Uint8Array): ModelBin {
  assertNoLfsPointer(bytes, 'ENCODER_INVALID', 'the weights');
  const reader = new Reader(bytes);
  const version = reader.integer(4);
  if (version !== binaryVersion) {
    refuseEncoder(
      `The file is no model.bin of CTranslate2 in version ${binaryVersion}: it says ${version}.`,
    );
  }
  const spec = reader.text();
  const revision = reader.integer(4);
  const variables = new Map<string, Variable>();
  for (let left = reader.integer(4); left > 0; left--) {
    const name = reader.text();
    variables.set(name, readVariable(reader, name));
  }
  for (let left = reader.integer(4); left > 0; left--) {
    const name = reader.text();
    const same = variables.get(reader.text());
    if (!same) refuseEncoder(`${name} of model.bin is to be the same as a variable not in it.`);
    variables.set(name, same);
  }
  const tensors = new Map<string, WeightTensor>();
  for (const [name, variable] of variables) {
    tensors.set(name, withScale(name, variable, variables.get(`${name}_scale`)));
  }
  return { spec, revision, tensors };
}

function readVariable(reader: Reader, name: string): Variable {
  const rank = reader.integer(1);
  if (rank > mostDimensions) refuseEncoder(`${name} of model.bin has ${rank} dimensions.`);
  const shape = Array.from({ length: rank }, () => reader.integer(4));
  const code = reader.integer(1);
  const type = elements[code];
  if (!type) return refuseEncoder(`${name} of model.bin is of the unknown type ${code}.`);
  const bytes = reader.bytes(reader.integer(4));
  if (countValues(shape) * elementBytes[type] !== bytes.length) {
    refuseEncoder(
      `${name} of model.bin has ${bytes.length} bytes for the shape [${shape}] of ${type}.`,
    );
  }
  return { shape, type, bytes, read: () => decode(type, bytes) };
}

function decode(type: Variable['type'], bytes: Uint8Array): Float32Array {
  if (type in floatBytes) return decodeFloats(type as FloatType, bytes);
  const { buffer } = new Uint8Array(bytes);
  if (type === 'int8') return Float32Array.from(new Int8Array(buffer));
  if (type === 'int16') return Float32Array.from(new Int16Array(buffer));
  return Float32Array.from(new Int32Array(buffer));
}

function withScale(name: string, weight: Variable, scale: Variable | undefined): WeightTensor {
  if (!scale) return weight;
  if (weight.type !== 'int8') refuseEncoder(`${name} of model.bin is scaled ${weight.type}.`);
  const rows = weight.shape[0] ?? 1;
  if (scale.type !== 'float32' || countValues(scale.shape) !== rows) {
    refuseEncoder(`${name} of model.bin has ${rows} rows and scales of shape [${scale.shape}].`);
  }
  const read = () => {
    const values = weight.read();
    const scales = scale.read();
    const rowLength = values.length / rows;
    return values.map((value, at) => value / scales[Math.floor(at / rowLength)]!);
  };
  return { shape: weight.shape, read };
}

/** Little-endian numbers and texts of a file, which never reads past its end. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) {
      refuseEncoder(`model.bin is cut off: it ends at byte ${this.#bytes.length}.`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  integer(byteLength: number): number {
    return this.bytes(byteLength).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** A text behind its length, which counts the zero at its end. */
  text(): string {
    return new TextDecoder().decode(this.bytes(this.integer(2))).replace(/\0$/, '');
  }
}
