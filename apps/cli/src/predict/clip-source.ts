import { type Dirent, readdir as readdirOf } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { decodeText, SerError, type SerErrorCode, sortByEnding } from '@ser/runtime';
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

/** A name on the command line behind which there is no clip, and why. */
export interface Unlisted {
  name: string;
  error: { code: SerErrorCode; message: string };
}

/** Stands for standard input on the command line. */
export const standardInput = '-';

/** More than a decoder takes; what is piped in has no other end. */
const mostInputBytes = 1 << 30;

/**
 * Lists the clips that a command line names, in its order: files as they are, recordings in folders
 * and their subfolders, what a quoted glob matches, and the bytes of standard input for `-`. Within
 * a folder or a glob, clips are sorted by code unit and hidden names are passed over; of a glob that
 * names no ending, only recordings are taken. What is missing or cannot be listed stays in the list
 * and costs nothing else.
 *
 * @throws SerError `INVALID_ARGUMENT` where standard input is named twice; `ABORTED` after the signal.
 */
export async function listClips(
  names: readonly string[],
  signal: AbortSignal,
): Promise<(ClipSource | Unlisted)[]> {
  if (names.filter((name) => name === standardInput).length > 1) {
    throw new SerError('INVALID_ARGUMENT', '- is given twice; standard input holds one clip.');
  }
  const sources: (ClipSource | Unlisted)[] = [];
  for (const name of names) {
    if (name === standardInput) {
      sources.push({ name, bytes: await readStandardInput(signal) });
    } else {
      sources.push(...(await expandName(name)));
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
  return decodeText(bytes)
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

async function expandName(name: string): Promise<(ClipSource | Unlisted)[]> {
  const status = await stat(name).catch(() => null);
  if (status?.isDirectory()) return listFolder(name);
  if (status || !isDynamicPattern(name)) return [toSource(name)];
  return matchPattern(name);
}

async function listFolder(name: string): Promise<(ClipSource | Unlisted)[]> {
  const { listAudioFiles } = await import('@ser/trainer/internal/datasets/list-audio-files');
  try {
    const { files, foreign, unlistable } = await listAudioFiles(name);
    const found = [...files, ...foreign].sort().map((file) => toSource(join(name, file)));
    const shut = unlistable.map(({ folder, reason }) => toUnlistable(join(name, folder), reason));
    if (found.length > 0 || shut.length > 0) return [...found, ...shut];
    return [toUnlisted(name, 'FILE_NOT_FOUND', `${name} holds no audio file.`)];
  } catch (error) {
    if (!(error instanceof SerError)) throw error;
    return [toUnlisted(name, error.code, error.message)];
  }
}

async function matchPattern(pattern: string): Promise<(ClipSource | Unlisted)[]> {
  const shut = new Map<string, string>();
  const matches = await glob(pattern, {
    ...{ absolute: pattern.startsWith('/'), expandDirectories: false },
    // The library passes over folders that cannot be listed.
    fs: {
      readdir: ((path: string, options: { withFileTypes: true }, done: ListingDone) =>
        readdirOf(path, options, (error, entries) => {
          if (error) shut.set(relative('.', path) || '.', error.code ?? error.message);
          done(error, entries);
        })) as typeof readdirOf,
    },
  });
  const namesEnding = /\.[^/.*?]+$/.test(pattern);
  const found = namesEnding ? matches : matches.filter((file) => sortByEnding(file) !== null);
  const sources = [
    ...found.sort().map(toSource),
    ...[...shut].sort().map(([folder, reason]) => toUnlistable(folder, reason)),
  ];
  if (sources.length > 0) return sources;
  return [toUnlisted(pattern, 'FILE_NOT_FOUND', `${pattern} matches no file.`)];
}

type ListingDone = (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void;

function toSource(path: string): ClipSource {
  return { name: path, path };
}

function toUnlistable(folder: string, reason: string): Unlisted {
  return toUnlisted(
    folder,
    'FILE_UNREADABLE',
    `The folder ${folder} could not be listed (${reason}).`,
  );
}

function toUnlisted(name: string, code: SerErrorCode, message: string): Unlisted {
  return { name, error: { code, message } };
}
