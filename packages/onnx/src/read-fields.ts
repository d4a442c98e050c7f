import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A field of a protobuf message as it lies in the file. */
export interface Field {
  field: number;
  wireType: WireType;
  /** The field's bytes, without a length before them. */
  content: Uint8Array;
}

/**
 * The fields of a message, in their order.
 *
 * @throws RangeError for bytes that are no message, or that end within a field.
 */
export function* readFields(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.StartGroup || wireType === WireType.EndGroup) {
      throw new RangeError('ONNX files have no groups.');
    }
    if (wireType === WireType.LengthDelimited) {
      const length = reader.uint32();
      const start = reader.pos;
      // Checked before any library reads or reserves it.
      if (start + length > reader.len)
        throw new RangeError('A field passes the end of its message.');
      reader.pos = start + length;
      yield { field, wireType, content: message.subarray(start, start + length) };
    } else {
      const start = reader.pos;
      reader.skip(wireType, field);
      if (reader.pos > reader.len) throw new RangeError('A field passes the end of its message.');
      yield { field, wireType, content: message.subarray(start, reader.pos) };
    }
  }
}

/** The text of a field. */
export function readText({ content }: Field): string {
  return new TextDecoder().decode(content);
}

/** The integer of a field. */
export function readInteger({ content }: Field): number {
  return Number(new BinaryReader(content).int64());
}

/** The integers of a field that may hold one, or several of them packed. */
export function readIntegers(field: Field): number[] {
  if (field.wireType !== WireType.LengthDelimited) return [readInteger(field)];
  const reader = new BinaryReader(field.content);
  const values: number[] = [];
  while (reader.pos < reader.len) values.push(Number(reader.int64()));
  return values;
}
