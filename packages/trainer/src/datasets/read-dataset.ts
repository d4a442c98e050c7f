import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import {
  type Clip,
  type CorpusLayout,
  type CorpusSummary,
  clipKey,
  type Dataset,
  type SkippedFile,
} from './clip.ts';
import { emotions, sortLabels } from './emotions.ts';
import { hashFiles } from './hash-files.ts';
import { listenForTwins } from './listen-for-twins.ts';
import { type CorpusListing, readCorpus } from './read-corpus.ts';
import { dropTwins } from './twins.ts';

/** Settings of {@link readDataset}. */
export interface ReadDatasetOptions {
  /**
   * Labels to keep, as `mergedLabels` leaves them; clips of others are left out. Null, the default:
   * all.
   */
  labels?: readonly string[] | null;
  /** Labels that count as another one: `{ calm: 'neutral' }`. Null, the default: none. */
  mergedLabels?: Readonly<Record<string, string>> | null;
  /** Called while clips are decoded that have never been compared by their sound. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads one or more corpora into one dataset: names, labels, speakers and content hashes. The same
 * files give the same order on every machine.
 *
 * Layouts: RAVDESS, EMO-DB, CREMA-D and TESS by their published file names, in any folders; any
 * other corpus as one folder a label. Labels are mapped to the project's vocabulary, so corpora
 * merge. Of files that hold the same recording one is kept: byte-identical ones, other encodings and
 * rates by their names, and what sounds the same, which is decoded once and then found in the cache.
 * Twins whose labels differ are all left out, since no one can tell which label is true. What is left
 * out, files that cannot be read among it, is listed
 * in `skipped`.
 *
 * @throws SerError FILE_NOT_FOUND, FILE_UNREADABLE, or DATASET_INVALID for an empty folder, an
 *   unknown layout, an unknown label, or two clips of one corpus with the same id; INVALID_ARGUMENT
 *   where `mergedLabels` has a label that is neither in the project's vocabulary nor in the corpora
 * @example
 * const dataset = await readDataset(['data/ravdess', 'data/emodb']);
 * console.log(dataset.labels, dataset.clips.length);
 */
export async function readDataset(
  directories: readonly string[],
  options: ReadDatasetOptions = {},
): Promise<Dataset> {
  const { labels = null, mergedLabels = null } = options;
  if (directories.length === 0) {
    throw new SerError(
      'INVALID_ARGUMENT',
      'directories is empty; name at least one dataset folder.',
    );
  }
  const listings: { directory: string; listing: CorpusListing }[] = [];
  const seen = new Set<string>();
  for (const directory of directories) {
    const listing = await readCorpus(directory);
    const realDirectory = await realpath(directory);
    if (seen.has(realDirectory)) {
      throw new SerError('INVALID_ARGUMENT', `The dataset folder ${directory} is given twice.`);
    }
    seen.add(realDirectory);
    listings.push({ directory, listing });
  }

  const merged = new Map(Object.entries(mergedLabels ?? {}));
  checkMerged(merged, listings);
  const skipped: SkippedFile[] = [];
  const read: Clip[] = [];
  const recordings = new Map<Clip, string>();
  for (const { directory, listing } of listings) {
    for (const { id, ...why } of listing.skipped) {
      skipped.push({ path: join(directory, id), ...why });
    }
    const paths = listing.labelled.map(({ id }) => join(directory, id));
    const digests = await hashFiles(paths);
    listing.labelled.forEach(({ id, label, speaker, recording }, at) => {
      const digest = digests[at]!;
      const path = paths[at]!;
      if ('failure' in digest) skipped.push({ path, reason: digest.failure });
      else if (digest.byteLength === 0) skipped.push({ path, reason: 'the file is empty' });
      else {
        const clip: Clip = {
          ...{ id, path, speaker, corpus: listing.name },
          label: merged.get(label) ?? label,
          contentHash: digest.contentHash,
        };
        read.push(clip);
        recordings.set(clip, recording);
      }
    });
  }

  const nameOf = (clip: Clip): string => recordings.get(clip)!;
  const heard = await listenForTwins(read, nameOf, options);
  const clips = dropTwins(read, { nameOf, ...heard }, skipped).filter(
    ({ label }) => labels === null || labels.includes(label),
  );
  if (labels && clips.length === 0) {
    throw new SerError('DATASET_INVALID', `No clip has one of the labels ${labels.join(', ')}.`);
  }
  checkIds(clips);
  return {
    clips,
    labels: sortLabels(clips.map(({ label }) => label)),
    corpora: summarise(listings, clips),
    layouts: listings.map(describeLayout),
    skipped,
  };
}

/** A label that is misspelt would be merged with nothing, and nobody would notice. */
function checkMerged(
  merged: ReadonlyMap<string, string>,
  listings: readonly { listing: CorpusListing }[],
): void {
  const occurring = listings.flatMap(({ listing }) => listing.labelled.map(({ label }) => label));
  const known = new Set<string>([...emotions, ...occurring]);
  const unknown = [...merged.keys()].find((label) => !known.has(label));
  if (unknown === undefined) return;
  throw new SerError(
    'INVALID_ARGUMENT',
    `mergedLabels has ${unknown}; labels are ${sortLabels(known).join(', ')}.`,
  );
}

function checkIds(clips: readonly Clip[]): void {
  const paths = new Map<string, string>();
  for (const clip of clips) {
    const key = clipKey(clip);
    const other = paths.get(key);
    if (other) {
      throw new SerError(
        'DATASET_INVALID',
        `${other} and ${clip.path} differ but are both clip ${key}; give a corpus once, or name each in its corpus.json.`,
      );
    }
    paths.set(key, clip.path);
  }
}

function describeLayout({
  directory,
  listing: { layout, reason },
}: {
  directory: string;
  listing: CorpusListing;
}): CorpusLayout {
  return { directory, layout, reason };
}

function summarise(
  listings: readonly { listing: CorpusListing }[],
  clips: readonly Clip[],
): CorpusSummary[] {
  const corpora = new Map(listings.map(({ listing }) => [listing.name, listing]));
  return [...corpora.values()].map(({ name, licence, synthetic }) => {
    const own = clips.filter(({ corpus }) => corpus === name);
    const speakers = new Set(own.map(({ speaker }) => speaker)).size;
    return { name, clips: own.length, speakers, licence, synthetic };
  });
}
