import { readFile } from 'node:fs/promises';
import { decodeText } from '@ser/runtime/core';

/** The text of a file in any of the encodings that `decodeText` knows; fails as `readFile` does. */
export async function readText(path: string | URL): Promise<string> {
  return decodeText(await readFile(path));
}
