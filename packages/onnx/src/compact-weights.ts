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

/** Products of an encoder have a scale for as many rows of each column of their matrix. */
const blockRows = 32;

/**
 * The same model with its large weights stored in fewer bits, and turned into float32 when it is
 * loaded. Inputs, outputs and metadata are untouched, and so is how fast and how reproducibly it
 * computes: a clip's result hangs neither on its batch nor, beyond float32's own rounding, on the
 * machine.
 *
 * - `float16`: half the size, each weight within 0.05 %.
 * - `int8`: a quarter, each weight within 1/254 of the largest of its row (symmetric, a scale a row).
 *   In a pretrained encoder (`encoder/…`), whose layers pass their errors on, only what `MatMul`
 *   multiplies by is int8, each weight within 1/254 of the largest of 32 in its column; its
 *   convolutions and tables are float16.
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
  const { name, shape, data } = weight;
  const rowLength = shape.at(-1)!;
  return quantise(weight, name, {
    ...{ outer: data.length / 4 / rowLength, inner: rowLength, columns: 1 },
    ...{ shape, scaleShape: [...shape.slice(0, -1), 1] },
  });
}

function quantiseBlocks(weight: OnnxTensor): StoredWeight {
  const { name, shape } = weight;
  const [rows = 0, columns = 0] = shape;
  const inner = rows % blockRows === 0 ? blockRows : rows;
  const outer = rows / inner;
  const blocks = `${name}/blocks`;
  const { constants, nodes } = quantise(weight, blocks, {
    ...{ outer, inner, columns },
    ...{ shape: [outer, inner, columns], scaleShape: [outer, 1, columns] },
  });
  const whole = createIntegers(`${name}/shape`, [2], shape);
  const restore = { operator: 'Reshape', inputs: [blocks, whole.name], outputs: [name] };
  return { constants: [...constants, whole], nodes: [...nodes, restore] };
}

/** How a weight is seen: [outer, inner, columns], with a scale for each [outer, columns]. */
interface Blocks {
  outer: number;
  inner: number;
  columns: number;
  /** Shape of what is stored. */
  shape: readonly number[];
  /** Shape of the scales, so that the two can be multiplied. */
  scaleShape: readonly number[];
}

/** The weight as `output`, the product of what is stored and its scales. */
function quantise(
  weight: OnnxTensor,
  output: string,
  { outer, inner, columns, shape, scaleShape }: Blocks,
): StoredWeight {
  const values = readFloats(weight)!;
  const scales = new Float32Array(outer * columns);
  const stored = new Int8Array(values.length);
  for (let at = 0; at < scales.length; at++) {
    const start = Math.floor(at / columns) * inner * columns + (at % columns);
    const end = start + inner * columns;
    let largest = 0;
    for (let i = start; i < end; i += columns) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = largest === 0 ? 1 : largest / 127;
    scales[at] = scale;
    for (let i = start; i < end; i += columns) stored[i] = Math.round(values[i]! / scale);
  }
  const { name } = weight;
  const names = { stored: `${name}/int8`, scales: `${name}/scale`, whole: `${name}/whole` };
  return {
    constants: [
      createInt8s(names.stored, shape, stored),
      createFloats(names.scales, scaleShape, scales),
    ],
    // Not DequantizeLinear: these two are computed once, when the model is loaded.
    nodes: [
      castTo('float32', names.stored, names.whole),
      { operator: 'Mul', inputs: [names.whole, names.scales], outputs: [output] },
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
