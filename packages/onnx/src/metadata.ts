import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { assertNoLfsPointer, SerError } from '@ser/dsp-wasm';
import { writeEntry } from './encode-model.ts';
import { entryField, modelField } from './fields.ts';
import { readFields, readText } from './read-fields.ts';

/**
 * The metadata of an ONNX file. Reads only the file's outer fields, so that a file which is not ours
 * is refused before any inference library sees it.
 *
 * @throws SerError `MODEL_INVALID` for bytes that are no ONNX file.
 */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  if (bytes.length === 0) {
    throw new SerError('MODEL_INVALID', 'The model file is empty: it has 0 bytes.');
  }
  assertNoLfsPointer(bytes, 'MODEL_INVALID', 'the model');
  const metadata: Record<string, string> = {};
  let hasVersion = false;
  let hasGraph = false;
  try {
    for (const { field, wireType, content } of readFields(bytes)) {
      if (field === modelField.irVersion && wireType === WireType.Varint) hasVersion = true;
      else if (wireType !== WireType.LengthDelimited) continue;
      else if (field === modelField.graph) hasGraph = true;
      else if (field === modelField.metadata) {
        const { key, value } = readEntry(content);
        metadata[key] = value;
      }
    }
  } catch (cause) {
    throw new SerError(
      'MODEL_INVALID',
      'The model file is not an ONNX file, or it is damaged or truncated.',
      { cause },
    );
  }
  if (hasVersion && hasGraph) return metadata;
  throw new SerError(
    'MODEL_INVALID',
    'The model file is not an ONNX file: it has no version or no graph.',
  );
}

/** The same ONNX file with other metadata. */
export function replaceMetadata(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const writer = new BinaryWriter();
  for (const { field, wireType, content } of readFields(bytes)) {
    if (field === modelField.metadata) continue;
    writer.tag(field, wireType);
    if (wireType === WireType.LengthDelimited) writer.bytes(content);
    else writer.raw(content);
  }
  for (const [key, value] of Object.entries(metadata)) writeEntry(writer, key, value);
  return writer.finish();
}

/** Key and value of an entry of a model's metadata. */
export function readEntry(bytes: Uint8Array): { key: string; value: string } {
  const entry = { key: '', value: '' };
  for (const field of readFields(bytes)) {
    if (field.field === entryField.key) entry.key = readText(field);
    else if (field.field === entryField.value) entry.value = readText(field);
  }
  return entry;
}
