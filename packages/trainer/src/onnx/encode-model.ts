import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** ONNX element types used here (`TensorProto.DataType`). */
export const elementType = {
  float32: 1,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;

/** The name of an element type. */
export type ElementType = keyof typeof elementType;

/** A constant of the graph. */
export interface OnnxTensor {
  name: string;
  type: 'float32' | 'float16' | 'int8' | 'int64';
  shape: readonly number[];
  /** Numbers for int64, bits for float16. */
  values: Float32Array | Uint16Array | Int8Array | readonly number[];
}

/** An input or output of the graph; a dimension that is a text is dynamic. */
export interface OnnxValue {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

/** The value of a node's attribute: number (integer), text or list of integers. */
export type OnnxAttribute = number | string | readonly number[];

/** One operation of the graph. An input named '' is left out. */
export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A whole model. */
export interface OnnxModel {
  irVersion: number;
  opset: number;
  producerName: string;
  producerVersion: string;
  graphName: string;
  nodes: readonly OnnxNode[];
  initialisers: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  metadata: Readonly<Record<string, string>>;
}

/** Encodes a model as ONNX protobuf (field numbers of onnx.proto3, IR version 8). */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(model.irVersion);
  writer.tag(2, WireType.LengthDelimited).string(model.producerName);
  writer.tag(3, WireType.LengthDelimited).string(model.producerVersion);
  writeMessage(writer, 7, (graph) => writeGraph(graph, model));
  writeMessage(writer, 8, (opset) => opset.tag(2, WireType.Varint).int64(model.opset));
  for (const [key, value] of Object.entries(model.metadata)) {
    writeMessage(writer, 14, (entry) => {
      entry.tag(1, WireType.LengthDelimited).string(key);
      entry.tag(2, WireType.LengthDelimited).string(value);
    });
  }
  return writer.finish();
}

/** Writes a field that holds a message. */
export function writeMessage(
  writer: BinaryWriter,
  field: number,
  write: (message: BinaryWriter) => void,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) writeMessage(writer, 1, (message) => writeNode(message, node));
  writer.tag(2, WireType.LengthDelimited).string(model.graphName);
  for (const tensor of model.initialisers) {
    writeMessage(writer, 5, (message) => writeTensor(message, tensor));
  }
  for (const value of model.inputs)
    writeMessage(writer, 11, (message) => writeValue(message, value));
  for (const value of model.outputs) {
    writeMessage(writer, 12, (message) => writeValue(message, value));
  }
}

/** Writes the fields of a NodeProto. */
export function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(`${node.operator}_${node.outputs.join('_')}`);
  writer.tag(4, WireType.LengthDelimited).string(node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    writeMessage(writer, 5, (attribute) => {
      attribute.tag(1, WireType.LengthDelimited).string(name);
      if (typeof value === 'number') {
        attribute.tag(3, WireType.Varint).int64(value);
        attribute.tag(20, WireType.Varint).int32(2);
      } else if (typeof value === 'string') {
        attribute.tag(4, WireType.LengthDelimited).bytes(new TextEncoder().encode(value));
        attribute.tag(20, WireType.Varint).int32(3);
      } else {
        for (const item of value) attribute.tag(8, WireType.Varint).int64(item);
        attribute.tag(20, WireType.Varint).int32(7);
      }
    });
  }
}

/** Writes the fields of a TensorProto. */
export function writeTensor(writer: BinaryWriter, tensor: OnnxTensor): void {
  for (const extent of tensor.shape) writer.tag(1, WireType.Varint).int64(extent);
  writer.tag(2, WireType.Varint).int32(elementType[tensor.type]);
  writer.tag(8, WireType.LengthDelimited).string(tensor.name);
  const values = Array.isArray(tensor.values)
    ? BigInt64Array.from(tensor.values as readonly number[], BigInt)
    : (tensor.values as Float32Array | Uint16Array | Int8Array).slice();
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(values.buffer));
}

function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  writer.tag(1, WireType.LengthDelimited).string(value.name);
  writeMessage(writer, 2, (type) => {
    writeMessage(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(elementType[value.type]);
      writeMessage(tensor, 2, (shape) => {
        for (const extent of value.shape) {
          writeMessage(shape, 1, (dimension) => {
            if (typeof extent === 'number') dimension.tag(1, WireType.Varint).int64(extent);
            else dimension.tag(2, WireType.LengthDelimited).string(extent);
          });
        }
      });
    });
  });
}
