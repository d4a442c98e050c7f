import { readFile } from 'node:fs/promises';
import { SerError } from '@ser/runtime';

/**
 * Reads a file.
 *
 * @throws SerError `FILE_NOT_FOUND` or `FILE_UNREADABLE`, with the file's name.
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw code === 'ENOENT'
      ? new SerError('FILE_NOT_FOUND', `${path}: There is no such file.`, { cause })
      : new SerError('FILE_UNREADABLE', `${path}: The file cannot be read (${code}).`, { cause });
  }
}
