import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { assertNoLfsPointer, SerError } from '@ser/dsp-wasm';
import {
  attributeField,
  attributeKind,
  dimensionField,
  graphField,
  modelField,
  nodeField,
  opsetField,
  shapeField,
  tensorField,
  tensorTypeField,
  typeField,
  valueField,
} from './fields.ts';
import { readEntry } from './metadata.ts';
import {
  type ElementType,
  elementType,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-model.ts';
import { type Field, readFields, readInteger, readIntegers, readText } from './read-fields.ts';

/**
 * Reads the bytes of an ONNX file. Constants are views of the bytes, not copies, wherever the file
 * holds them as raw data. Names of nodes, documentation and shapes between the nodes are left out.
 *
 * @throws SerError `MODEL_INVALID` for bytes that are no ONNX file, weights that lie in another file,
 *   and what no exporter of today writes (functions, sparse weights).
 *
 * @example
 * const { nodes, initialisers } = decodeModel(await readFile('model.onnx'));
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  assertNoLfsPointer(bytes, 'MODEL_INVALID', 'the model');
  try {
    return readModel(bytes);
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw new SerError('MODEL_INVALID', 'The file is not an ONNX file, or it is damaged.', {
      cause,
    });
  }
}

/**
 * Reads the graph within a node: what `If` or `Loop` hold as an attribute.
 *
 * @returns its nodes and constants, in their order.
 * @throws SerError `MODEL_INVALID` for an attribute of another kind.
 */
export function decodeBranch(
  attribute: OnnxAttribute | undefined,
): Pick<OnnxModel, 'nodes' | 'initialisers'> {
  const graph =
    typeof attribute === 'object' && 'message' in attribute
      ? findMessage(attribute.message, attributeField.graph)
      : undefined;
  if (!graph) return refuse('An attribute of the ONNX file is no graph.');
  const fields = [...readFields(graph)];
  const read = <Item>(number: number, readItem: (bytes: Uint8Array) => Item) =>
    fields.filter(({ field }) => field === number).map(({ content }) => readItem(content));
  return {
    nodes: read(graphField.node, readNode),
    initialisers: read(graphField.initialiser, readTensor),
  };
}

function refuse(message: string): never {
  throw new SerError('MODEL_INVALID', message);
}

function readModel(bytes: Uint8Array): OnnxModel {
  const model = { irVersion: 0, producerName: '', producerVersion: '' };
  const opsets: Record<string, number> = {};
  const metadata: Record<string, string> = {};
  let graph: ReturnType<typeof readGraph> | undefined;
  for (const field of readFields(bytes)) {
    if (field.field === modelField.irVersion) model.irVersion = readInteger(field);
    else if (field.field === modelField.producerName) model.producerName = readText(field);
    else if (field.field === modelField.producerVersion) model.producerVersion = readText(field);
    else if (field.field === modelField.graph) graph = readGraph(field.content);
    else if (field.field === modelField.functions) {
      refuse('The ONNX file defines functions of its own, which are not supported.');
    } else if (field.field === modelField.opset) {
      const { domain, version } = readOpset(field.content);
      opsets[domain === 'ai.onnx' ? '' : domain] = version;
    } else if (field.field === modelField.metadata) {
      const { key, value } = readEntry(field.content);
      metadata[key] = value;
    }
  }
  if (!graph || model.irVersion === 0) {
    return refuse('The file is not an ONNX file: it has no version or no graph.');
  }
  return { ...model, opsets, ...graph, metadata };
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  const opset = { domain: '', version: 0 };
  for (const field of readFields(bytes)) {
    if (field.field === opsetField.domain) opset.domain = readText(field);
    else if (field.field === opsetField.version) opset.version = readInteger(field);
  }
  return opset;
}

function readGraph(bytes: Uint8Array) {
  let graphName = '';
  const nodes: OnnxNode[] = [];
  const initialisers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === graphField.node) nodes.push(readNode(field.content));
    else if (field.field === graphField.name) graphName = readText(field);
    else if (field.field === graphField.initialiser) initialisers.push(readTensor(field.content));
    else if (field.field === graphField.input) inputs.push(readValue(field.content));
    else if (field.field === graphField.output) outputs.push(readValue(field.content));
    else if (field.field === graphField.sparseInitialiser) {
      refuse('The ONNX file holds sparse weights, which are not supported.');
    }
  }
  // Files of old exporters list constants among the inputs too.
  const constants = new Set(initialisers.map(({ name }) => name));
  return {
    graphName,
    nodes,
    initialisers,
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs,
  };
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, OnnxAttribute> = {};
  let operator = '';
  let domain = '';
  for (const field of readFields(bytes)) {
    if (field.field === nodeField.input) inputs.push(readText(field));
    else if (field.field === nodeField.output) outputs.push(readText(field));
    else if (field.field === nodeField.operator) operator = readText(field);
    else if (field.field === nodeField.domain) domain = readText(field);
    else if (field.field === nodeField.attribute) {
      const { name, value } = readAttribute(field.content);
      attributes[name] = value;
    }
  }
  return {
    ...{ operator, inputs, outputs },
    ...(domain && domain !== 'ai.onnx' && { domain }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function readAttribute(bytes: Uint8Array): { name: string; value: OnnxAttribute } {
  const fields = [...readFields(bytes)];
  const find = (number: number) => fields.find(({ field }) => field === number);
  const text = (field: Field | undefined) => (field ? readText(field) : '');
  const name = text(find(attributeField.name));
  const kind = find(attributeField.kind);
  switch (kind && readInteger(kind)) {
    case attributeKind.integer: {
      const integer = find(attributeField.integer);
      return { name, value: integer ? readInteger(integer) : 0 };
    }
    case attributeKind.text:
      return { name, value: text(find(attributeField.text)) };
    case attributeKind.float: {
      const float = find(attributeField.float);
      return { name, value: { float: float ? new BinaryReader(float.content).float() : 0 } };
    }
    case attributeKind.tensor: {
      const tensor = find(attributeField.tensor);
      if (!tensor) return refuse(`The attribute ${name} of a node has no tensor.`);
      return { name, value: { tensor: readTensor(tensor.content) } };
    }
    case attributeKind.integers:
      return {
        name,
        value: fields
          .filter(({ field }) => field === attributeField.integers)
          .flatMap((field) => readIntegers(field)),
      };
    default:
      return { name, value: { message: withoutName(fields) } };
  }
}

function withoutName(fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { field, wireType, content } of fields) {
    if (field === attributeField.name) continue;
    writer.tag(field, wireType);
    if (wireType === WireType.LengthDelimited) writer.bytes(content);
    else writer.raw(content);
  }
  return writer.finish();
}

const typeNames = new Map<number, ElementType>(
  Object.entries(elementType).map(([name, code]) => [code, name as ElementType]),
);

function readElementType(code: number, owner: string): ElementType {
  const type = typeNames.get(code);
  return type ?? refuse(`${owner} is of the element type ${code}, which is not supported.`);
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  const shape: number[] = [];
  let name = '';
  let code = 0;
  let raw: Uint8Array | undefined;
  const typed: Field[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === tensorField.shape) shape.push(...readIntegers(field));
    else if (field.field === tensorField.type) code = readInteger(field);
    else if (field.field === tensorField.name) name = readText(field);
    else if (field.field === tensorField.raw) raw = field.content;
    else if (typedFields.includes(field.field)) typed.push(field);
    else if (
      field.field === tensorField.externalData ||
      (field.field === tensorField.dataLocation && readInteger(field) !== 0)
    ) {
      refuse(`The weight ${name || 'of the ONNX file'} lies in another file beside it.`);
    }
  }
  const type = readElementType(code, `The weight ${name}`);
  const data = raw ?? packTyped(type, typed);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (shape.some((extent) => !(extent >= 0)) || (type !== 'string' && !holds(type, data, count))) {
    refuse(`The weight ${name} has ${data.length} bytes for the shape [${shape}] of ${type}.`);
  }
  return { name, type, shape, data };
}

const typedFields: readonly number[] = [
  tensorField.floats,
  tensorField.int32s,
  tensorField.int64s,
  tensorField.doubles,
];

const bitsOf: Readonly<Record<ElementType, number>> = {
  ...{ float32: 32, uint8: 8, int8: 8, uint16: 16, int16: 16, int32: 32, int64: 64, string: 0 },
  ...{ bool: 8, float16: 16, float64: 64, uint32: 32, uint64: 64, bfloat16: 16, uint4: 4, int4: 4 },
};

function holds(type: ElementType, data: Uint8Array, count: number): boolean {
  return data.length === Math.ceil((count * bitsOf[type]) / 8);
}

/** The values of a tensor that lie in a list of their type, as raw data. */
function packTyped(type: ElementType, typed: readonly Field[]): Uint8Array {
  const parts = typed.map((field) => {
    if (field.field === tensorField.floats || field.field === tensorField.doubles) {
      return field.content;
    }
    const values = readIntegers(field);
    const bytes = bitsOf[type] / 8;
    const part = new Uint8Array(values.length * bytes);
    const view = new DataView(part.buffer);
    values.forEach((value, at) => {
      if (bytes === 8) view.setBigInt64(at * 8, BigInt(value), true);
      else if (bytes === 4) view.setInt32(at * 4, value, true);
      else if (bytes === 2) view.setUint16(at * 2, value & 0xffff, true);
      else view.setUint8(at, value & 0xff);
    });
    return part;
  });
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let type: Uint8Array | undefined;
  for (const field of readFields(bytes)) {
    if (field.field === valueField.name) name = readText(field);
    else if (field.field === valueField.type) type = field.content;
  }
  const tensor = type && findMessage(type, typeField.tensor);
  if (!tensor) return refuse(`${name} of the ONNX file is not a tensor.`);
  let code = 0;
  let shape: (number | string)[] = [];
  for (const field of readFields(tensor)) {
    if (field.field === tensorTypeField.element) code = readInteger(field);
    else if (field.field === tensorTypeField.shape) shape = readShape(field.content);
  }
  return { name, type: readElementType(code, name), shape };
}

function readShape(bytes: Uint8Array): (number | string)[] {
  const shape: (number | string)[] = [];
  for (const dimension of readFields(bytes)) {
    if (dimension.field !== shapeField.dimension) continue;
    let extent: number | string = '';
    for (const field of readFields(dimension.content)) {
      if (field.field === dimensionField.value) extent = readInteger(field);
      else if (field.field === dimensionField.parameter) extent = readText(field);
    }
    shape.push(extent);
  }
  return shape;
}

function findMessage(bytes: Uint8Array, number: number): Uint8Array | undefined {
  for (const { field, content } of readFields(bytes)) if (field === number) return content;
  return undefined;
}
