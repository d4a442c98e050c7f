import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ExportFolder } from '@ser/encoders';
import { SerError } from '@ser/runtime';
import { readBytes } from './predict/read-bytes.ts';

/** A larger file is no model that could be opened again. */
const mostBytes = 1 << 30;

/**
 * A folder of a network's export: its own files, and those of its folder `onnx`.
 *
 * @throws SerError `FILE_NOT_FOUND` or `FILE_UNREADABLE`, with the folder's name.
 */
export async function openExportFolder(path: string): Promise<ExportFolder> {
  const own = await listFiles(path);
  const inner = (await listFiles(join(path, 'onnx'), true)).map((file) => `onnx/${file}`);
  return {
    name: basename(resolve(path)),
    files: [...own, ...inner],
    read: (file) => readBounded(join(path, file)),
  };
}

async function listFiles(path: string, isOptional = false): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    // Model hubs' caches hold links to their files.
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (isOptional && (code === 'ENOENT' || code === 'ENOTDIR')) return [];
    if (code === 'ENOENT') {
      throw new SerError('FILE_NOT_FOUND', `${path}: There is no such folder.`, { cause });
    }
    throw new SerError('FILE_UNREADABLE', `${path}: The folder cannot be read (${code}).`, {
      cause,
    });
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > mostBytes) {
    throw new SerError(
      'FILE_UNREADABLE',
      `${path}: The file has ${size} bytes; at most ${mostBytes} are read.`,
    );
  }
  return readBytes(path);
}
