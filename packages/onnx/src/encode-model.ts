import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  attributeField,
  attributeKind,
  dimensionField,
  entryField,
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
import {
  elementType,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-model.ts';

/** Encodes a model as the bytes of an ONNX file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writeInteger(writer, modelField.irVersion, model.irVersion);
  writeText(writer, modelField.producerName, model.producerName);
  writeText(writer, modelField.producerVersion, model.producerVersion);
  writeMessage(writer, modelField.graph, (graph) => writeGraph(graph, model));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writeMessage(writer, modelField.opset, (opset) => {
      if (domain) writeText(opset, opsetField.domain, domain);
      writeInteger(opset, opsetField.version, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) writeEntry(writer, key, value);
  return writer.finish();
}

/** Writes an entry of a model's metadata. */
export function writeEntry(writer: BinaryWriter, key: string, value: string): void {
  writeMessage(writer, modelField.metadata, (entry) => {
    writeText(entry, entryField.key, key);
    writeText(entry, entryField.value, value);
  });
}

function writeMessage(
  writer: BinaryWriter,
  field: number,
  write: (message: BinaryWriter) => void,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function writeText(writer: BinaryWriter, field: number, text: string): void {
  writer.tag(field, WireType.LengthDelimited).string(text);
}

function writeInteger(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function writeBytes(writer: BinaryWriter, field: number, bytes: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(bytes);
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) {
    writeMessage(writer, graphField.node, (message) => writeNode(message, node));
  }
  writeText(writer, graphField.name, model.graphName);
  for (const tensor of model.initialisers) {
    writeMessage(writer, graphField.initialiser, (message) => writeTensor(message, tensor));
  }
  for (const value of model.inputs) {
    writeMessage(writer, graphField.input, (message) => writeValue(message, value));
  }
  for (const value of model.outputs) {
    writeMessage(writer, graphField.output, (message) => writeValue(message, value));
  }
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writeText(writer, nodeField.input, input);
  for (const output of node.outputs) writeText(writer, nodeField.output, output);
  writeText(writer, nodeField.name, `${node.operator}_${node.outputs.join('_')}`);
  writeText(writer, nodeField.operator, node.operator);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    writeMessage(writer, nodeField.attribute, (attribute) => {
      writeText(attribute, attributeField.name, name);
      writeAttribute(attribute, value);
    });
  }
  if (node.domain) writeText(writer, nodeField.domain, node.domain);
}

function writeAttribute(writer: BinaryWriter, value: OnnxAttribute): void {
  const kind = (name: keyof typeof attributeKind) =>
    writeInteger(writer, attributeField.kind, attributeKind[name]);
  if (typeof value === 'number') {
    writeInteger(writer, attributeField.integer, value);
    kind('integer');
  } else if (typeof value === 'string') {
    writeText(writer, attributeField.text, value);
    kind('text');
  } else if ('float' in value) {
    writer.tag(attributeField.float, WireType.Bit32).float(value.float);
    kind('float');
  } else if ('tensor' in value) {
    writeMessage(writer, attributeField.tensor, (tensor) => writeTensor(tensor, value.tensor));
    kind('tensor');
  } else if ('message' in value) {
    writer.raw(value.message);
  } else {
    for (const item of value) writeInteger(writer, attributeField.integers, item);
    kind('integers');
  }
}

function writeTensor(writer: BinaryWriter, { name, type, shape, data }: OnnxTensor): void {
  for (const extent of shape) writeInteger(writer, tensorField.shape, extent);
  writeInteger(writer, tensorField.type, elementType[type]);
  writeText(writer, tensorField.name, name);
  writeBytes(writer, tensorField.raw, data);
}

function writeValue(writer: BinaryWriter, value: OnnxValue): void {
  writeText(writer, valueField.name, value.name);
  writeMessage(writer, valueField.type, (type) => {
    writeMessage(type, typeField.tensor, (tensor) => {
      writeInteger(tensor, tensorTypeField.element, elementType[value.type]);
      writeMessage(tensor, tensorTypeField.shape, (shape) => {
        for (const extent of value.shape) {
          writeMessage(shape, shapeField.dimension, (dimension) => {
            if (typeof extent === 'number') writeInteger(dimension, dimensionField.value, extent);
            else writeText(dimension, dimensionField.parameter, extent);
          });
        }
      });
    });
  });
}
