import { open, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SerError } from '@ser/dsp-wasm';
import type { ByteSource } from './core/audio/bytes/byte-source.ts';

/** A longer file is no model. */
const mostModelBytes = 1 << 30;

/** The path of a `file:` URL, or undefined for a URL of another kind. */
export function toFilePath(location: string | URL): string | undefined {
  if (typeof location === 'string') return location;
  return location.protocol === 'file:' ? fileURLToPath(location) : undefined;
}

/**
 * Reads a regular file of at most 1 GiB.
 *
 * @throws SerError `FILE_NOT_FOUND` or `FILE_UNREADABLE`, without the file's name.
 */
export async function readRegularFile(path: string): Promise<Uint8Array> {
  try {
    const size = await measureRegularFile(path);
    if (size > mostModelBytes) {
      throw unreadable(`The file has ${size} bytes; at most ${mostModelBytes} are read.`);
    }
    return await readFile(path);
  } catch (cause) {
    throw toFileError(cause, path);
  }
}

/**
 * Opens a regular file of any size, to be read in pieces.
 *
 * @throws SerError `FILE_NOT_FOUND` or `FILE_UNREADABLE`, without the file's name.
 */
export async function openRegularFile(path: string): Promise<ByteSource> {
  try {
    const size = await measureRegularFile(path);
    const file = await open(path);
    return {
      size,
      async read(start, end) {
        const bytes = new Uint8Array(end - start);
        try {
          let length = 0;
          while (length < bytes.length) {
            const { bytesRead } = await file.read(bytes, length, undefined, start + length);
            if (bytesRead === 0) break;
            length += bytesRead;
          }
          return bytes.subarray(0, length);
        } catch (cause) {
          throw toFileError(cause, path);
        }
      },
      close: () => file.close(),
    };
  } catch (cause) {
    throw toFileError(cause, path);
  }
}

/** Looks before a file is opened: opening a named pipe would wait for its other end. */
async function measureRegularFile(path: string): Promise<number> {
  const status = await stat(path);
  if (status.isDirectory()) throw unreadable('This is a folder, not a file.');
  if (!status.isFile()) throw unreadable('This is not a regular file.');
  return status.size;
}

function unreadable(message: string, cause?: unknown): SerError {
  return new SerError('FILE_UNREADABLE', message, cause === undefined ? undefined : { cause });
}

function toFileError(cause: unknown, path: string): SerError {
  if (cause instanceof SerError) return cause;
  const scheme = /^[a-z][a-z\d+.-]+:/i.exec(path)?.[0];
  if (scheme !== undefined) {
    const message = `There is no such file; an address (${scheme}) is given as new URL(…), and only a path as a string.`;
    return new SerError('FILE_NOT_FOUND', message, { cause });
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SerError('FILE_NOT_FOUND', 'There is no such file.', { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unreadable('The file cannot be read: permission denied.', cause);
  }
  return unreadable(`The file cannot be read (${code ?? String(cause)}).`, cause);
}
