import { decodeModel, type OnnxTensor, readFloats, readIntegerValues } from '@ser/onnx';
import { readEncoderFile } from '../encoder-manifest.ts';
import { refuseEncoder } from '../weights.ts';
import type { WhisperWeights } from './whisper-weights.ts';

/**
 * Reads the weights back out of an encoder file that `buildWhisperEncoder` wrote, also of one within a
 * model file of smaller precision (`extractEncoder`): then they are as exact as that one. What the file
 * was cut off is not there: `layers` are those that it holds.
 *
 * @throws SerError `ENCODER_INVALID` for another file, such as a Whisper that was exported by others,
 *   or one without a layer.
 *
 * @example
 * const weights = readWhisperFile(await readFile('whisper-tiny.en.onnx'));
 * const bias = weights.read('layers.0.fc1.bias', [weights.innerWidth]);
 */
export function readWhisperFile(bytes: Uint8Array): WhisperWeights {
  const manifest = readEncoderFile(bytes);
  const constants = new Map(decodeModel(bytes).initialisers.map((tensor) => [tensor.name, tensor]));
  const find = (name: string): Constant | undefined => findConstant(constants, name);
  const stem = find('encoder/input/conv1/weight');
  const wide = find('encoder/layer_1/wide/weight');
  const split = constants.get('encoder/layer_1/heads');
  const heads = split && readIntegerValues(split)?.[2];
  const { name: encoder, family, width, maxFrames } = manifest;
  const isBuilt = family === 'whisper' && stem?.shape[0] === width && maxFrames !== undefined;
  if (!isBuilt || !wide || !heads) {
    return refuseEncoder(
      `The encoder ${encoder} is not a Whisper that this project built, with one layer or more.`,
    );
  }
  let layers = 0;
  while (constants.has(`encoder/layer_${layers + 1}/heads`)) layers++;
  return {
    ...{ width, heads, layers, positions: maxFrames / 2 },
    ...{ bands: stem.shape[1]!, innerWidth: wide.shape[1]! },
    read: (name, shape) => {
      const values = readByName(name, { find, width, heads });
      const size = shape.reduce((product, extent) => product * extent, 1);
      if (values?.length === size) return values;
      return refuseEncoder(`The encoder ${encoder} has no ${name} of the shape [${shape}].`);
    },
  };
}

/** A constant in float32, however the file stores it. */
interface Constant {
  shape: readonly number[];
  read(): Float32Array;
}

/** The inverse of `compactWeights`. */
function findConstant(
  constants: ReadonlyMap<string, OnnxTensor>,
  name: string,
): Constant | undefined {
  const stored = constants.get(name) ?? constants.get(`${name}/float16`);
  if (stored) return { shape: stored.shape, read: () => readFloats(stored)! };
  const whole = constants.get(`${name}/int8`);
  const steps = constants.get(`${name}/step`);
  const units = constants.get(`${name}/unit`);
  if (!whole || !steps || !units) return undefined;
  const [outer = 0, inner = 0, columns = 0] = whole.shape;
  return {
    shape: [outer * inner, columns],
    read: () => {
      const scales = readFloats(units)!;
      const { buffer, byteOffset, byteLength } = whole.data;
      const bytes = new Int8Array(buffer, byteOffset, byteLength);
      return Float32Array.from(bytes, (value, at) => {
        const column = at % columns;
        const block = Math.floor(at / columns / inner);
        // In float32, as the graph computes it.
        return value * Math.fround(steps.data[block * columns + column]! * scales[column]!);
      });
    },
  };
}

interface Source {
  find: (name: string) => Constant | undefined;
  width: number;
  heads: number;
}

/** Parts of a layer by their names in `transformers`. */
const layerParts = new Map([
  ['self_attn_layer_norm', 'attention_norm'],
  ['self_attn.out_proj', 'output'],
  ['final_layer_norm', 'inner_norm'],
  ['fc1', 'wide'],
  ['fc2', 'narrow'],
]);
const projections = ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'];

function readByName(name: string, { find, width, heads }: Source): Float32Array | undefined {
  const [, layer, part = '', kind] = /^layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  if (layer === undefined) return find(`encoder/input/${name.replace('.', '/')}`)?.read();
  const scope = `encoder/layer_${Number(layer) + 1}`;
  const third = projections.indexOf(part);
  if (third < 0) return turn(find(`${scope}/${layerParts.get(part)}/${kind}`));
  const joined = turn(find(`${scope}/projection/${kind}`));
  const size = joined && joined.length / 3;
  const values = joined?.slice(third * size!, (third + 1) * size!);
  // The scale of the scores is within the queries' weights.
  return third === 0 ? values?.map((value) => value / (width / heads) ** -0.5) : values;
}

/** Kernels stand as [inputs, outputs], those of `transformers` the other way round. */
function turn(constant: Constant | undefined): Float32Array | undefined {
  const values = constant?.read();
  if (!constant || constant.shape.length < 2) return values;
  const [rows = 0, columns = 0] = constant.shape;
  return Float32Array.from(values!, (_, at) => {
    const column = Math.floor(at / rows);
    return values![(at % rows) * columns + column]!;
  });
}
