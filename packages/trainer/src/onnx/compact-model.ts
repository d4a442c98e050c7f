import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { readModelFile } from '@ser/runtime/core';
import {
  elementType,
  type OnnxNode,
  type OnnxTensor,
  writeMessage,
  writeNode,
  writeTensor,
} from './encode-model.ts';
import { toFloat16Bits } from './float16.ts';
import { copyField, graphField, readFields, rewriteModel } from './model-fields.ts';

/** How a model file can hold its weights. Whatever it is, the model computes in float32. */
export const modelPrecisions = ['float32', 'float16', 'int8'] as const;
export type ModelPrecision = (typeof modelPrecisions)[number];

/** Smaller constants stay as they are: there is nothing to gain, and biases matter most. */
const fewestValues = 1024;

const tensorField = { shape: 1, type: 2, name: 8, raw: 9 } as const;

/**
 * The same model with its large weights stored in fewer bits, and turned into float32 when it is
 * loaded. Inputs and outputs are untouched, and so is the manifest but for its `precision`.
 *
 * - `float16`: half the size, each weight within 0.05 %.
 * - `int8`: a quarter, each weight within 1/254 of the largest of its row (symmetric, a scale a row).
 *
 * @param model bytes of a float32 model file of this project.
 * @throws SerError `MODEL_INVALID` for another file.
 */
export function compactModel(model: Uint8Array, precision: ModelPrecision): Uint8Array {
  const manifest = readModelFile(model);
  if (precision === 'float32') return model;
  return rewriteModel(model, {
    graph: (graph) => compactGraph(graph, precision),
    manifest: { ...manifest, precision },
  });
}

/** Nodes that restore a weight come first, since a graph lists what is used before its use. */
function compactGraph(graph: Uint8Array, precision: 'float16' | 'int8'): Uint8Array {
  const fields = [...readFields(graph)];
  const writer = new BinaryWriter();
  const tensors: OnnxTensor[] = [];
  const kept = fields.filter(({ field, content }) => {
    const weight = field === graphField.initialiser ? readWeight(content) : undefined;
    if (!weight) return true;
    const { nodes, constants } = precision === 'float16' ? halve(weight) : quantise(weight);
    tensors.push(...constants);
    for (const node of nodes) {
      writeMessage(writer, graphField.node, () => writeNode(writer, node));
    }
    return false;
  });
  for (const field of kept) copyField(writer, field);
  for (const tensor of tensors) {
    writeMessage(writer, graphField.initialiser, () => writeTensor(writer, tensor));
  }
  return writer.finish();
}

interface Weight {
  name: string;
  shape: number[];
  values: Float32Array;
}

interface Compacted {
  nodes: OnnxNode[];
  constants: OnnxTensor[];
}

function halve({ name, shape, values }: Weight): Compacted {
  const stored = `${name}/float16`;
  return {
    constants: [
      { name: stored, type: 'float16', shape, values: Uint16Array.from(values, toFloat16Bits) },
    ],
    nodes: [castToFloat(stored, name)],
  };
}

function quantise({ name, shape, values }: Weight): Compacted {
  const rowLength = shape.at(-1)!;
  const rows = values.length / rowLength;
  const scales = new Float32Array(rows);
  const stored = new Int8Array(values.length);
  for (let row = 0; row < rows; row++) {
    const line = values.subarray(row * rowLength, (row + 1) * rowLength);
    const largest = line.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest === 0 ? 1 : largest / 127;
    scales[row] = scale;
    line.forEach((value, column) => {
      stored[row * rowLength + column] = Math.round(value / scale);
    });
  }
  const names = { stored: `${name}/int8`, scales: `${name}/scale`, whole: `${name}/whole` };
  return {
    constants: [
      { name: names.stored, type: 'int8', shape, values: stored },
      { name: names.scales, type: 'float32', shape: [...shape.slice(0, -1), 1], values: scales },
    ],
    // Not DequantizeLinear: these two are computed once, when the model is loaded.
    nodes: [
      castToFloat(names.stored, names.whole),
      { operator: 'Mul', inputs: [names.whole, names.scales], outputs: [name] },
    ],
  };
}

function castToFloat(input: string, output: string): OnnxNode {
  return {
    operator: 'Cast',
    inputs: [input],
    outputs: [output],
    attributes: { to: elementType.float32 },
  };
}

/** A large float32 constant, or undefined for any other. */
function readWeight(tensor: Uint8Array): Weight | undefined {
  const shape: number[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | undefined;
  for (const { field, content } of readFields(tensor)) {
    const reader = new BinaryReader(content);
    if (field === tensorField.shape) shape.push(Number(reader.int64()));
    else if (field === tensorField.type) type = reader.int32();
    else if (field === tensorField.name) name = new TextDecoder().decode(content);
    else if (field === tensorField.raw) raw = content;
  }
  if (type !== elementType.float32 || !raw || shape.length < 2) return undefined;
  const values = new Float32Array(raw.slice().buffer);
  return values.length < fewestValues ? undefined : { name, shape, values };
}
