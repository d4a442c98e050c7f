import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Manifest, manifestKey } from '@ser/runtime/core';
import { writeMessage } from './encode-model.ts';

const modelField = { graph: 7, metadata: 14 } as const;
/** Numbers of the fields of a graph that a finished model file is changed in. */
export const graphField = { node: 1, initialiser: 5 } as const;

/** A field of a protobuf message as it lies in the file. */
export interface Field {
  field: number;
  wireType: WireType;
  /** The field's bytes, without a length before them. */
  content: Uint8Array;
}

/** The fields of a message, in their order. */
export function* readFields(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) {
      yield { field, wireType, content: reader.bytes() };
    } else {
      const start = reader.pos;
      reader.skip(wireType, field);
      yield { field, wireType, content: message.subarray(start, reader.pos) };
    }
  }
}

/** Writes a field as it was read. */
export function copyField(writer: BinaryWriter, { field, wireType, content }: Field): void {
  writer.tag(field, wireType);
  if (wireType === WireType.LengthDelimited) writer.bytes(content);
  else writer.raw(content);
}

/** The same model file with another graph and another manifest. */
export function rewriteModel(
  model: Uint8Array,
  { graph, manifest }: { graph: (old: Uint8Array) => Uint8Array; manifest: Manifest },
): Uint8Array {
  const writer = new BinaryWriter();
  for (const each of readFields(model)) {
    if (each.field === modelField.graph) {
      copyField(writer, { ...each, content: graph(each.content) });
    } else if (each.field !== modelField.metadata || !isManifest(each.content)) {
      copyField(writer, each);
    }
  }
  writeMessage(writer, modelField.metadata, () => {
    writer.tag(1, WireType.LengthDelimited).string(manifestKey);
    writer.tag(2, WireType.LengthDelimited).string(JSON.stringify(manifest));
  });
  return writer.finish();
}

function isManifest(entry: Uint8Array): boolean {
  for (const { field, content } of readFields(entry)) {
    if (field === 1) return new TextDecoder().decode(content) === manifestKey;
  }
  return false;
}
