import { SerError } from '@ser/dsp-wasm';
import { readMetadata } from '@ser/onnx';
import { type Manifest, manifestKey, parseManifest } from './manifest.ts';

const mostManifestLength = 1 << 20;

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
  const manifest = readMetadata(bytes)[manifestKey];
  if (manifest === undefined) {
    throw modelInvalid(
      `The model is an ONNX file, but not one of this project: its metadata has no '${manifestKey}' entry.`,
    );
  }
  if (manifest.length > mostManifestLength) {
    throw modelInvalid(
      `The model's '${manifestKey}' entry has ${manifest.length} characters; at most ${mostManifestLength} are allowed.`,
    );
  }
  return manifest;
}
