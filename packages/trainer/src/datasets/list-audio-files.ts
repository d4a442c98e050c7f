import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { sortByEnding } from '@ser/runtime/core';
import { compareText } from './emotions.ts';

/** What lies under a folder: paths relative to it, with forward slashes, sorted by code unit. */
export interface AudioListing {
  /** Files whose names end as those of a format that is read. */
  files: string[];
  /** Recordings in formats that are not read, by the ending of their names. */
  foreign: string[];
  /** Folders that could not be listed, and why. */
  unlistable: { folder: string; reason: string }[];
}

/**
 * Lists the recordings under a folder, in all its subfolders. Links are followed, each folder once;
 * hidden names are passed over. A subfolder that cannot be listed costs no other.
 *
 * @throws SerError FILE_NOT_FOUND or DATASET_INVALID where `directory` is missing or no folder,
 *   FILE_UNREADABLE where it cannot be listed itself
 */
export async function listAudioFiles(directory: string): Promise<AudioListing> {
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
  const listing: AudioListing = { files: [], foreign: [], unlistable: [] };
  await collect(directory, '', listing, new Set());
  const [itself] = listing.unlistable;
  if (itself?.folder === '') {
    throw new SerError(
      'FILE_UNREADABLE',
      `The folder ${directory} could not be listed (${itself.reason}).`,
    );
  }
  listing.files.sort(compareText);
  listing.foreign.sort(compareText);
  listing.unlistable.sort((a, b) => compareText(a.folder, b.folder));
  return listing;
}

async function collect(
  directory: string,
  folder: string,
  listing: AudioListing,
  visited: Set<string>,
): Promise<void> {
  let entries: Dirent[];
  try {
    const realDirectory = await realpath(directory);
    if (visited.has(realDirectory)) return;
    visited.add(realDirectory);
    entries = await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    listing.unlistable.push({ folder, reason: code ?? message });
    return;
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(directory, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
    const id = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (kind?.isDirectory()) {
      await collect(path, id, listing, visited);
    } else if (kind?.isFile()) {
      const sort = sortByEnding(entry.name);
      if (sort !== null) (sort === 'readable' ? listing.files : listing.foreign).push(id);
    }
  }
}
