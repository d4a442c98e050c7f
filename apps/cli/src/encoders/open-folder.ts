import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import type { WeightsFolder } from '@ser/encoders';

/**
 * A folder of a model on disk, or one file of a model as a folder of its own.
 *
 * @throws SerError `FILE_NOT_FOUND`; reading throws `FILE_UNREADABLE`.
 */
export async function openFolder(path: string): Promise<WeightsFolder> {
  const found = await stat(path).catch((cause) => {
    throw new SerError('FILE_NOT_FOUND', `There is no file or folder ${path}.`, { cause });
  });
  const root = found.isDirectory() ? path : dirname(path);
  return {
    name: path,
    files: found.isDirectory() ? await listFiles(path) : [basename(path)],
    read: async (file) =>
      readFile(join(root, file)).catch((cause: Error) => {
        throw new SerError(
          'FILE_UNREADABLE',
          `${join(root, file)} cannot be read: ${cause.message}.`,
          { cause },
        );
      }),
  };
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
