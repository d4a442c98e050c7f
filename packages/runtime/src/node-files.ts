import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SerError } from '@ser/dsp-wasm';

/** A longer file holds more audio than is decoded at once, or is no model. */
const mostFileBytes = 1 << 30;

/** The path of a `file:` URL, or undefined for a URL of another kind. */
export function toFilePath(location: string | URL): string | undefined {
  if (typeof location === 'string') return location;
  return location.protocol === 'file:' ? fileURLToPath(location) : undefined;
}

/**
 * Reads a regular file of at most 1 GiB.
 *
 * @throws SerError `FILE_NOT_FOUND`, `FILE_UNREADABLE` or `ABORTED`, without the file's name.
 */
export async function readRegularFile(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw unreadable('This is a folder, not a file.');
    if (!status.isFile()) throw unreadable('This is not a regular file.');
    if (status.size > mostFileBytes) {
      throw unreadable(`The file has ${status.size} bytes; at most ${mostFileBytes} are read.`);
    }
    return await readFile(path, signal ? { signal } : undefined);
  } catch (cause) {
    throw toFileError(cause, signal);
  }
}

function unreadable(message: string, cause?: unknown): SerError {
  return new SerError('FILE_UNREADABLE', message, cause === undefined ? undefined : { cause });
}

function toFileError(cause: unknown, signal: AbortSignal | undefined): SerError {
  if (cause instanceof SerError) return cause;
  if (signal?.aborted) return new SerError('ABORTED', 'Reading the file was stopped.', { cause });
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SerError('FILE_NOT_FOUND', 'There is no such file.', { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unreadable('The file cannot be read: permission denied.', cause);
  }
  return unreadable(`The file cannot be read (${code ?? String(cause)}).`, cause);
}
