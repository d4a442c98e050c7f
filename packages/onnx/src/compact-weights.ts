import {
  type ElementType,
  elementType,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from './onnx-model.ts';
import {
  createFloats,
  createHalfFloats,
  createInt8s,
  createIntegers,
  readFloats,
} from './tensors.ts';

/** How a model file can hold its weights. Whatever it is, the model computes in float32. */
export const modelPrecisions = ['float32', 'float16', 'int8'] as const;
export type ModelPrecision = (typeof modelPrecisions)[number];

/** Smaller constants stay as they are: there is nothing to gain, and biases matter most. */
const fewestValues = 1024;

/** What a pretrained encoder consists of is named so. */
const encoderScope = 'encoder/';

/** Rows of a column of an encoder's matrix that share a scale. */
const blockRows = 8;

/**
 * The same model with its large weights stored in fewer bits, and turned into float32 when it is
 * loaded. Inputs, outputs and metadata are untouched, and so is how fast and how reproducibly it
 * computes: a clip's result hangs neither on its batch nor, beyond float32's own rounding, on the
 * machine.
 *
 * - `float16`: half the size, each weight within 0.05 %.
 * - `int8`: a quarter, each weight within 1/254 of the largest of its row (symmetric, a scale a row).
 *   In a pretrained encoder (`encoder/…`), whose layers pass their errors on, only what `MatMul`
 *   multiplies by is int8, with a scale for 8 rows of a column, which halves the error; convolutions
 *   and tables are float16.
 */
export function compactWeights(model: OnnxModel, precision: ModelPrecision): OnnxModel {
  if (precision === 'float32') return model;
  const isFactor = findFactors(model.nodes);
  const store = (tensor: OnnxTensor): StoredWeight => {
    if (precision === 'float16') return halve(tensor);
    if (!tensor.name.startsWith(encoderScope)) return quantiseRows(tensor);
    const isMatrix = tensor.shape.length === 2 && isFactor(tensor.name);
    return isMatrix ? quantiseBlocks(tensor) : halve(tensor);
  };
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

/** Tells of a constant whether all that is done with it is to multiply by it from the right. */
function findFactors(nodes: readonly OnnxNode[]): (name: string) => boolean {
  const factors = new Set<string>();
  const others = new Set<string>();
  for (const { operator, inputs } of nodes) {
    inputs.forEach((name, at) => {
      (operator === 'MatMul' && at === 1 ? factors : others).add(name);
    });
  }
  return (name) => factors.has(name) && !others.has(name);
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

function quantiseRows(weight: OnnxTensor): StoredWeight {
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

/**
 * A matrix as int8 with a scale for some rows of a column. A float32 for each of these would add half
 * to the size, so they are whole numbers from 1 to 255, times a float32 for the column.
 */
function quantiseBlocks(weight: OnnxTensor): StoredWeight {
  const { name, shape } = weight;
  const values = readFloats(weight)!;
  const [rows = 0, columns = 0] = shape;
  const inner = rows % blockRows === 0 ? blockRows : rows;
  const outer = rows / inner;
  const findLargest = (column: number, from: number, to: number): number => {
    let largest = 0;
    for (let row = from; row < to; row++) {
      largest = Math.max(largest, Math.abs(values[row * columns + column]!));
    }
    return largest;
  };
  const units = new Float32Array(columns);
  const steps = new Uint8Array(outer * columns);
  const stored = new Int8Array(values.length);
  for (let column = 0; column < columns; column++) {
    const largest = findLargest(column, 0, rows) || 1;
    const unit = largest / 255 / 127;
    units[column] = unit;
    for (let block = 0; block < outer; block++) {
      const start = block * inner;
      const share = findLargest(column, start, start + inner) / largest;
      // Rounded up: no weight is larger than 127 of its scale.
      const step = Math.max(1, Math.ceil(255 * share));
      steps[block * columns + column] = step;
      for (let row = start; row < start + inner; row++) {
        const at = row * columns + column;
        stored[at] = Math.round(values[at]! / (step * unit));
      }
    }
  }
  const part = (kind: string) => `${name}/${kind}`;
  const multiply = (a: string, b: string, output: string): OnnxNode => ({
    ...{ operator: 'Mul', inputs: [a, b], outputs: [output] },
  });
  return {
    constants: [
      createInt8s(part('int8'), [outer, inner, columns], stored),
      { name: part('step'), type: 'uint8', shape: [outer, 1, columns], data: steps },
      createFloats(part('unit'), [columns], units),
      createIntegers(part('shape'), [2], shape),
    ],
    nodes: [
      castTo('float32', part('int8'), part('whole')),
      castTo('float32', part('step'), part('steps')),
      multiply(part('steps'), part('unit'), part('scale')),
      multiply(part('whole'), part('scale'), part('blocks')),
      { operator: 'Reshape', inputs: [part('blocks'), part('shape')], outputs: [name] },
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
