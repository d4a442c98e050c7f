import { basename, extname, resolve } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { readCorpusFile } from './corpus-file.ts';
import { cremaD } from './crema-d.ts';
import { emodb } from './emodb.ts';
import { emotions } from './emotions.ts';
import { knownCorpora } from './known-corpora.ts';
import { labelFoldersLayout, readLabelFolders } from './label-folders.ts';
import { listAudioFiles } from './list-audio-files.ts';
import type { NameReader, ParsedName } from './name-reader.ts';
import { ravdess } from './ravdess.ts';
import { tess } from './tess.ts';

const nameReaders: readonly NameReader[] = [ravdess, emodb, cremaD, tess];

/** The names and folders of one corpus, read without opening a clip. */
export interface CorpusListing {
  name: string;
  licence: string;
  synthetic: boolean;
  labelled: { id: string; label: string; speaker: string }[];
  skipped: { id: string; reason: string }[];
}

/**
 * Lists the clips of one folder. A folder with a `corpus.json` is read as one folder a label; any
 * other is the published corpus to which most of its file names belong, else one folder a label.
 *
 * @throws SerError DATASET_INVALID that names the folder, what is wrong and which layouts are read
 */
export async function readCorpus(directory: string): Promise<CorpusListing> {
  const ids = await listAudioFiles(directory);
  if (ids.length === 0) throw invalid(directory, 'holds no audio file');

  const corpusFile = await readCorpusFile(directory);
  const reader = corpusFile ? null : detectReader(directory, ids);
  if (reader) return readNames(directory, ids, reader);

  const folders = readLabelFolders(ids, corpusFile);
  if (folders.labelled.length === 0 && folders.unknownFolders.length === 0) {
    throw invalid(directory, `has file names of no known layout, such as ${ids[0]}`);
  }
  if (folders.unknownFolders.length > 0) {
    throw invalid(
      directory,
      `has folders that are no known label: ${folders.unknownFolders.join(', ')} (known: ${emotions.join(', ')}; "labels" in a corpus.json maps others)`,
    );
  }
  return {
    name: corpusFile?.name ?? toCorpusName(directory),
    licence: corpusFile?.licence ?? 'not stated',
    synthetic: corpusFile?.synthetic ?? false,
    ...folders,
  };
}

function detectReader(directory: string, ids: readonly string[]): NameReader | null {
  const counts = nameReaders
    .map((reader) => ({ reader, count: ids.filter((id) => reader.parse(toStem(id))).length }))
    .filter(({ count }) => count > 0);
  const named = counts.reduce((sum, { count }) => sum + count, 0);
  if (named * 2 <= ids.length) return null;
  if (counts.length > 1) {
    const names = counts.map(({ reader }) => reader.corpus).join(', ');
    throw invalid(directory, `mixes several corpora (${names}); give the folder of each`);
  }
  return counts[0]!.reader;
}

function readNames(directory: string, ids: readonly string[], reader: NameReader): CorpusListing {
  const { licence, name } = knownCorpora[reader.corpus];
  const listing: CorpusListing = { name, licence, synthetic: false, labelled: [], skipped: [] };
  for (const id of ids) {
    const parsed: ParsedName = reader.parse(toStem(id)) ?? {
      skipReason: `the name does not follow ${reader.layout}`,
    };
    if ('unknownCode' in parsed) {
      throw invalid(directory, `has an unknown ${name} label code ${parsed.unknownCode} in ${id}`);
    }
    if ('skipReason' in parsed) listing.skipped.push({ id, reason: parsed.skipReason });
    else listing.labelled.push({ id, ...parsed });
  }
  if (listing.labelled.length === 0) {
    const first = listing.skipped[0]!;
    throw invalid(directory, `holds no clip to use: ${first.id}: ${first.reason}`);
  }
  return listing;
}

function invalid(directory: string, what: string): SerError {
  const layouts = [...nameReaders.map(({ layout }) => layout), labelFoldersLayout].join('; ');
  return new SerError(
    'DATASET_INVALID',
    `The dataset folder ${directory} ${what}. Layouts read: ${layouts}.`,
  );
}

function toStem(id: string): string {
  return basename(id, extname(id));
}

function toCorpusName(directory: string): string {
  const name = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return name.replace(/^-|-$/g, '') || 'corpus';
}
