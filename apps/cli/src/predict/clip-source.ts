import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { SerError } from '@ser/runtime';
import { glob, isDynamicPattern } from 'tinyglobby';
import { readBytes } from './read-bytes.ts';

/** A clip to predict: a file by its path, or the bytes of one under the name it is shown by. */
export type ClipSource =
  | { name: string; path: string }
  | { name: string; bytes: Uint8Array<ArrayBuffer> };

/** A clip as a classifier takes it. */
export function toAudio(source: ClipSource): string | Uint8Array<ArrayBuffer> {
  return 'path' in source ? source.path : source.bytes;
}

/** Stands for standard input on the command line. */
export const standardInput = '-';

/** More than a decoder takes; what is piped in has no other end. */
const mostInputBytes = 1 << 30;

/**
 * Lists the clips that a command line names, in its order: files as they are, audio files in folders
 * and their subfolders, what a quoted glob matches, and the bytes of standard input for `-`. Within
 * a folder or a glob, clips are sorted by code unit and hidden names are passed over. A file that is
 * missing stays in the list: to predict it says why.
 *
 * @throws SerError `FILE_NOT_FOUND` for a folder without audio files, or a glob that matches none;
 *   `INVALID_ARGUMENT` where standard input is named twice; `ABORTED` after the signal.
 */
export async function listClips(
  names: readonly string[],
  signal: AbortSignal,
): Promise<ClipSource[]> {
  if (names.filter((name) => name === standardInput).length > 1) {
    throw new SerError('INVALID_ARGUMENT', '- is given twice; standard input holds one clip.');
  }
  const sources: ClipSource[] = [];
  for (const name of names) {
    if (name === standardInput) {
      sources.push({ name, bytes: await readStandardInput(signal) });
    } else {
      for (const path of await expandName(name)) sources.push({ name: path, path });
    }
  }
  return sources;
}

/**
 * Reads a list of clips, a path a line; empty lines are passed over.
 *
 * @param from a file, or `-` for standard input
 * @throws SerError `FILE_NOT_FOUND` or `FILE_UNREADABLE`; `ABORTED` after the signal
 */
export async function readClipList(from: string, signal: AbortSignal): Promise<ClipSource[]> {
  const bytes = from === standardInput ? await readStandardInput(signal) : await readBytes(from);
  const text = Buffer.from(bytes).toString();
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((path) => ({ name: path, path }));
}

async function readStandardInput(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > mostInputBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new SerError('ABORTED', 'Reading standard input was stopped.', { cause });
  }
  if (length <= mostInputBytes) return new Uint8Array(Buffer.concat(chunks));
  throw new SerError(
    'FILE_UNREADABLE',
    `-: Standard input has more than ${mostInputBytes} bytes, which is more than is read.`,
  );
}

async function expandName(name: string): Promise<string[]> {
  const status = await stat(name).catch(() => null);
  if (status?.isDirectory()) {
    const { listAudioFiles } = await import('@ser/trainer/internal/datasets/list-audio-files');
    const files = await listAudioFiles(name);
    if (files.length === 0) {
      throw new SerError('FILE_NOT_FOUND', `${name} holds no audio file.`);
    }
    return files.map((file) => join(name, file));
  }
  if (status || !isDynamicPattern(name)) return [name];
  const files = await glob(name, { absolute: name.startsWith('/'), expandDirectories: false });
  if (files.length === 0) throw new SerError('FILE_NOT_FOUND', `${name} matches no file.`);
  return files.sort();
}
