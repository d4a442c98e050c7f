import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { locateCache } from '../cache-directory.ts';

/** Where an encoder that was downloaded or imported under a name lies. */
export function locateEncoder(name: string): string {
  return join(locateCache(), 'encoders', `${name}.onnx`);
}

/**
 * Reads an encoder file, by the name that it is installed under or by its path.
 *
 * @throws SerError `FILE_NOT_FOUND` saying how to get it.
 */
export async function readEncoder(source: string): Promise<Uint8Array> {
  const isPath = source.endsWith('.onnx');
  const path = isPath ? source : locateEncoder(source);
  try {
    return await readFile(path);
  } catch (cause) {
    const help = isPath
      ? 'give the path of an encoder file, or of a model file with an encoder'
      : `it is not installed; see \`ser encoders list\`, then \`ser encoders download ${source}\` or \`import\``;
    throw new SerError('FILE_NOT_FOUND', `There is no encoder ${source}: ${help}.`, { cause });
  }
}
