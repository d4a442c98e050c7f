import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { compareText } from './emotions.ts';

/** File name extensions that are taken for audio. */
export const audioExtensions = ['.wav', '.flac', '.mp3', '.ogg', '.oga', '.opus'];

/**
 * Lists the audio files under a folder, in all its subfolders: paths relative to it, with forward
 * slashes, sorted by code unit. Links are followed, each folder once; hidden names are passed over.
 *
 * @throws SerError FILE_NOT_FOUND or DATASET_INVALID where `directory` is missing or no folder
 */
export async function listAudioFiles(directory: string): Promise<string[]> {
  const root = await stat(directory).catch((cause) => {
    throw new SerError('FILE_NOT_FOUND', `The dataset folder ${directory} does not exist.`, {
      cause,
    });
  });
  if (!root.isDirectory()) {
    throw new SerError(
      'DATASET_INVALID',
      `${directory} is a file; a dataset is a folder of clips.`,
    );
  }
  const files: string[] = [];
  await collect(directory, '', files, new Set());
  return files.sort(compareText);
}

async function collect(
  directory: string,
  prefix: string,
  files: string[],
  visited: Set<string>,
): Promise<void> {
  const realDirectory = await realpath(directory);
  if (visited.has(realDirectory)) return;
  visited.add(realDirectory);

  const entries = await readdir(directory, { withFileTypes: true }).catch((cause) => {
    throw new SerError('FILE_UNREADABLE', `The folder ${directory} could not be listed.`, {
      cause,
    });
  });
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(directory, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
    if (kind?.isDirectory()) {
      await collect(path, `${prefix}${entry.name}/`, files, visited);
    } else if (kind?.isFile() && audioExtensions.includes(extname(entry.name).toLowerCase())) {
      files.push(prefix + entry.name);
    }
  }
}
