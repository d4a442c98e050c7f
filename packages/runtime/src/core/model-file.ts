import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { SerError } from '@ser/dsp-wasm';
import { type Manifest, manifestKey, parseManifest } from './manifest.ts';

/** Field numbers of ONNX's ModelProto and StringStringEntryProto. */
const modelField = { irVersion: 1, graph: 7, metadata: 14 } as const;
const entryField = { key: 1, value: 2 } as const;
const mostManifestBytes = 1 << 20;

/**
 * Returns the manifest that a model file carries. Reads only the file's outer fields, so that a
 * file which is not ours is refused before any inference library sees it.
 *
 * @throws SerError `MODEL_INVALID` saying what is wrong or missing.
 *
 * @example
 * const { labels, scores } = readModelFile(await readFile('model.onnx'));
 */
export function readModelFile(bytes: Uint8Array): Manifest {
  if (bytes.length === 0) throw modelInvalid('The model file is empty: it has 0 bytes.');
  const text = findManifest(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw modelInvalid(`The model's '${manifestKey}' entry is not JSON.`, cause);
  }
  return parseManifest(value);
}

function modelInvalid(message: string, cause?: unknown): SerError {
  return new SerError('MODEL_INVALID', message, cause === undefined ? undefined : { cause });
}

function findManifest(bytes: Uint8Array): string {
  let hasVersion = false;
  let hasGraph = false;
  let manifest: Uint8Array | undefined;
  try {
    readFields(bytes, (field, reader, wireType) => {
      if (field === modelField.irVersion && wireType === WireType.Varint) {
        hasVersion = true;
      } else if (wireType === WireType.LengthDelimited) {
        if (field === modelField.graph) hasGraph = true;
        if (field === modelField.metadata) {
          const entry = readEntry(reader.bytes());
          if (entry.key === manifestKey) manifest = entry.value;
          return;
        }
      }
      reader.skip(wireType, field);
    });
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw modelInvalid('The model file is not an ONNX file, or it is damaged or truncated.', cause);
  }
  if (!hasVersion || !hasGraph) {
    throw modelInvalid('The model file is not an ONNX file: it has no version or no graph.');
  }
  if (!manifest) {
    throw modelInvalid(
      `The model is an ONNX file, but not one of this project: its metadata has no '${manifestKey}' entry.`,
    );
  }
  if (manifest.length > mostManifestBytes) {
    throw modelInvalid(
      `The model's '${manifestKey}' entry has ${manifest.length} bytes; at most ${mostManifestBytes} are allowed.`,
    );
  }
  return new TextDecoder().decode(manifest);
}

type Visit = (field: number, reader: BinaryReader, wireType: WireType) => void;

/** Visits each field of a message; the visitor reads it or skips it. */
function readFields(bytes: Uint8Array, visit: Visit): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.StartGroup || wireType === WireType.EndGroup) {
      throw new RangeError('ONNX files have no groups.');
    }
    visit(field, reader, wireType);
    if (reader.pos > reader.len) throw new RangeError('A field passes the end of its message.');
  }
}

function readEntry(bytes: Uint8Array): { key: string; value: Uint8Array } {
  let key = '';
  let value = new Uint8Array();
  readFields(bytes, (field, reader, wireType) => {
    if (wireType !== WireType.LengthDelimited) reader.skip(wireType, field);
    else if (field === entryField.key) key = reader.string();
    else if (field === entryField.value) value = new Uint8Array(reader.bytes());
    else reader.skip(wireType, field);
  });
  return { key, value };
}
