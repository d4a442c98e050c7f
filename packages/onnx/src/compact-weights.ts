import {
  type ElementType,
  elementType,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from './onnx-model.ts';
import { createFloats, createHalfFloats, createInt8s, readFloats } from './tensors.ts';

/** How a model file can hold its weights. Whatever it is, the model computes in float32. */
export const modelPrecisions = ['float32', 'float16', 'int8'] as const;
export type ModelPrecision = (typeof modelPrecisions)[number];

/** Smaller constants stay as they are: there is nothing to gain, and biases matter most. */
const fewestValues = 1024;

/**
 * The same model with its large weights stored in fewer bits, and turned into float32 when it is
 * loaded. Inputs, outputs and metadata are untouched.
 *
 * - `float16`: half the size, each weight within 0.05 %.
 * - `int8`: a quarter, each weight within 1/254 of the largest of its row (symmetric, a scale a row).
 */
export function compactWeights(model: OnnxModel, precision: ModelPrecision): OnnxModel {
  if (precision === 'float32') return model;
  const store = precision === 'float16' ? halve : quantise;
  const restored: OnnxNode[] = [];
  const initialisers = model.initialisers.flatMap((tensor) => {
    if (!isLargeWeight(tensor)) return [tensor];
    const { nodes, constants } = store(tensor);
    restored.push(...nodes);
    return constants;
  });
  // A graph lists what is used before its use.
  return { ...model, nodes: [...restored, ...model.nodes], initialisers };
}

function isLargeWeight({ type, shape, data }: OnnxTensor): boolean {
  return type === 'float32' && shape.length >= 2 && data.length >= 4 * fewestValues;
}

interface StoredWeight {
  nodes: OnnxNode[];
  constants: OnnxTensor[];
}

function halve(weight: OnnxTensor): StoredWeight {
  const { name, shape } = weight;
  const stored = `${name}/float16`;
  return {
    constants: [createHalfFloats(stored, shape, readFloats(weight)!)],
    nodes: [castTo('float32', stored, name)],
  };
}

function quantise(weight: OnnxTensor): StoredWeight {
  const { name, shape } = weight;
  const values = readFloats(weight)!;
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
      createInt8s(names.stored, shape, stored),
      createFloats(names.scales, [...shape.slice(0, -1), 1], scales),
    ],
    // Not DequantizeLinear: these two are computed once, when the model is loaded.
    nodes: [
      castTo('float32', names.stored, names.whole),
      { operator: 'Mul', inputs: [names.whole, names.scales], outputs: [name] },
    ],
  };
}

function castTo(type: ElementType, input: string, output: string): OnnxNode {
  return {
    operator: 'Cast',
    inputs: [input],
    outputs: [output],
    attributes: { to: elementType[type] },
  };
}
