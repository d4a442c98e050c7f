import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { mapInOrder } from '../predict/map-in-order.ts';
import { downloadFile } from './download-file.ts';
import { hashFile } from './hash-file.ts';

/** As a browser would at most. */
const downloadsAtOnce = 6;
const longestClipBytes = 50e6;

/** Settings of {@link fetchLfsClips}. */
export interface FetchLfsOptions {
  /** The clip's file name follows this address. */
  clipUrl: string;
  /** Folder of the clips. What lies there with the right hash is kept. */
  directory: string;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Downloads the clips that Git LFS pointers stand for, and holds each to the SHA-256 and length that
 * its pointer states.
 *
 * @param pointers folder of the pointers, in any subfolders
 * @returns the number of clips.
 * @throws SerError `ARCHIVE_INVALID` for a file that is no pointer, `DOWNLOAD_FAILED`, `ABORTED`.
 */
export async function fetchLfsClips(
  pointers: string,
  { clipUrl, directory, onProgress, signal }: FetchLfsOptions,
): Promise<number> {
  await mkdir(directory, { recursive: true });
  const entries = await readdir(pointers, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const fetchClip = async (pointer: string): Promise<void> => {
    const { sha256, byteLength } = await readPointer(pointer);
    const path = join(directory, basename(pointer));
    if (await holds(path, sha256)) return;
    await downloadFile(clipUrl + encodeURIComponent(basename(pointer)), {
      ...{ path, byteLength, maxBytes: longestClipBytes, signal },
      checksum: { algorithm: 'sha256', value: sha256 },
    });
  };
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  let done = 0;
  for await (const _ of mapInOrder(paths, downloadsAtOnce, fetchClip)) {
    onProgress?.(++done, paths.length);
    if (signal?.aborted) throw new SerError('ABORTED', 'The download was stopped.');
  }
  return paths.length;
}

async function readPointer(path: string): Promise<{ sha256: string; byteLength: number }> {
  const { size } = await stat(path);
  const text = size < 1024 ? await readFile(path, 'utf8') : '';
  const fields = /^oid sha256:([0-9a-f]{64})\nsize (\d+)$/m.exec(text);
  if (!fields) {
    throw new SerError(
      'ARCHIVE_INVALID',
      `${basename(path)} of the archive is no Git LFS pointer.`,
    );
  }
  return { sha256: fields[1]!, byteLength: Number(fields[2]) };
}

async function holds(path: string, sha256: string): Promise<boolean> {
  return (await hashFile(path, 'sha256').catch(() => null)) === sha256;
}
