import { SerError } from '@ser/dsp-wasm';
import { decodeModel, encodeModel, type OnnxModel, pruneModel, readMetadata } from '@ser/onnx';
import { manifestKey, parseManifest } from '@ser/runtime/core';
import { encoderFrames, nameState } from './compose-model.ts';
import {
  assertLayers,
  type EncoderManifest,
  encoderKey,
  parseEncoderManifest,
  readEncoderFile,
} from './encoder-manifest.ts';

/**
 * Returns the encoder within a model file as an encoder file, with all hidden states that the model
 * holds; an encoder file is returned as it is. Its weights are as exact as the model holds them.
 *
 * @throws SerError `ENCODER_INVALID` for a model without an encoder; `MODEL_INVALID` for bytes that are
 *   no ONNX file.
 *
 * @example
 * const encoder = extractEncoder(await readFile('models/model.onnx'));
 */
export function extractEncoder(bytes: Uint8Array): Uint8Array {
  const metadata = readMetadata(bytes);
  if (metadata[encoderKey] !== undefined) return bytes;
  const text = metadata[manifestKey];
  const { encoder, name, frontEnd, batching = 'padded' } = text ? readManifest(text) : {};
  if (!encoder) {
    throw new SerError(
      'ENCODER_INVALID',
      'The file is no encoder, and no model of this project that holds one.',
    );
  }
  const { used, source = `the model ${name}`, ...about } = encoder;
  return writeStates(decodeModel(bytes), {
    formatVersion: 1,
    ...about,
    frontEnd,
    batching,
    source,
  });
}

function readManifest(text: string): Partial<ReturnType<typeof parseManifest>> {
  try {
    return parseManifest(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw new SerError('MODEL_INVALID', `The model's '${manifestKey}' entry is not JSON.`, {
      cause,
    });
  }
}

/**
 * Returns an encoder file that gives only some of the hidden states, without what those do not need:
 * layers above the highest of them are left out.
 *
 * @throws SerError `ENCODER_INVALID` for another file, or a layer that it does not give.
 *
 * @example
 * const small = cutEncoder(encoder, { layers: [1, 2, 3] });
 */
export function cutEncoder(
  bytes: Uint8Array,
  { layers }: { layers: readonly number[] },
): Uint8Array {
  const manifest = readEncoderFile(bytes);
  assertLayers(manifest, layers);
  const kept = manifest.layers.filter((layer) => layers.includes(layer));
  return writeStates(decodeModel(bytes), { ...manifest, layers: kept });
}

function writeStates(model: OnnxModel, described: unknown): Uint8Array {
  const manifest: EncoderManifest = parseEncoderManifest(described);
  const states = manifest.layers.map(nameState);
  const made = new Set(model.nodes.flatMap(({ outputs }) => outputs));
  const missing = [...states, encoderFrames].find((name) => !made.has(name));
  if (missing) {
    throw new SerError('ENCODER_INVALID', `The file says that it gives ${missing}, and does not.`);
  }
  const shape = ['batch', 'encoder_frames', manifest.width];
  return encodeModel(
    pruneModel({
      ...model,
      graphName: manifest.name,
      outputs: [
        ...states.map((name) => ({ name, type: 'float32', shape }) as const),
        { name: encoderFrames, type: 'int32', shape: ['batch'] },
      ],
      metadata: { [encoderKey]: JSON.stringify(manifest) },
    }),
  );
}
