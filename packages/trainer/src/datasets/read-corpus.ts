import { basename, extname, join, resolve } from 'node:path';
import { SerError } from '@ser/dsp-wasm';
import { countEndings } from '@ser/runtime/core';
import { groupBy } from '../group-by.ts';
import type { SkipKind } from './clip.ts';
import { readCorpusFile } from './corpus-file.ts';
import { cremaD } from './crema-d.ts';
import { emodb } from './emodb.ts';
import { emotions } from './emotions.ts';
import { readFolderLabel } from './folder-witness.ts';
import { findForeignCorpus } from './foreign-corpora.ts';
import { knownCorpora } from './known-corpora.ts';
import { type LabelFolders, labelFoldersLayout, readLabelFolders } from './label-folders.ts';
import { type AudioListing, listAudioFiles } from './list-audio-files.ts';
import type { NameReader, ParsedName } from './name-reader.ts';
import { ravdess } from './ravdess.ts';
import { tess } from './tess.ts';

const nameReaders: readonly NameReader[] = [ravdess, emodb, cremaD, tess];
/** A larger share of names or folders that contradict a corpus is no slip: it is another corpus. */
const mostContradictions = 0.02;

/** The names and folders of one corpus, read without opening a clip. */
export interface CorpusListing {
  name: string;
  licence: string;
  synthetic: boolean;
  /** As what the folder was read, and why. */
  layout: string;
  reason: string;
  /** `recording` is the same for files that hold the same recording, as far as names tell. */
  labelled: { id: string; label: string; speaker: string; recording: string }[];
  skipped: { id: string; reason: string; kind?: SkipKind }[];
}

/**
 * Lists the clips of one folder. A folder with a `corpus.json` is read as one folder a label; any
 * other is the published corpus to which most of its file names belong, else one folder a label.
 * Single names that the corpus does not have, and those whose folder names another label, are left
 * out.
 *
 * @throws SerError DATASET_INVALID that names the folder, what is wrong and which layouts are read;
 *   also for a folder that looks like a published corpus and is another
 */
export async function readCorpus(directory: string): Promise<CorpusListing> {
  const { files, foreign, unlistable } = await listAudioFiles(directory);
  if (files.length === 0) throw invalid(directory, describeEmpty(foreign));

  const corpusFile = await readCorpusFile(directory);
  const { reader, named } = corpusFile
    ? { reader: null, named: 0 }
    : detectReader(directory, files);
  const listing = reader ? readNames(directory, { ids: files, reader, named }) : readLabels();
  listing.skipped.push(...listUnread({ foreign, unlistable }));
  return listing;

  function readLabels(): CorpusListing {
    const folders = readLabelFolders(files, corpusFile);
    const problem = findLabelProblem(files, folders);
    if (problem) throw invalid(directory, problem);
    const { labelled, skipped } = folders;
    const name = corpusFile?.name ?? toCorpusName(directory);
    return {
      name,
      licence: corpusFile?.licence ?? 'not stated',
      synthetic: corpusFile?.synthetic ?? false,
      layout: labelFoldersLayout,
      reason: corpusFile
        ? 'it has a corpus.json'
        : `${named} of ${files.length} names have the form of a published corpus`,
      labelled: labelled.map((clip) => ({
        ...clip,
        recording: join(directory, clip.id.replace(/\.[^.]*$/, '')),
      })),
      skipped: [...skipped],
    };
  }
}

function describeEmpty(foreign: readonly string[]): string {
  const kinds = countEndings(foreign);
  return `holds no audio file${kinds && ` that can be read, only ${kinds}`}`;
}

/** What the listing has besides clips. */
function listUnread({ foreign, unlistable }: Omit<AudioListing, 'files'>) {
  return [
    ...foreign.map((id) => ({
      ...{ id, kind: 'format' as const },
      reason: `${countEndings([id]).slice(2)} is not read; convert it, for instance with ffmpeg`,
    })),
    ...unlistable.map(({ folder, reason }) => ({
      ...{ id: folder, kind: 'folder' as const },
      reason: `the folder could not be listed (${reason})`,
    })),
  ];
}

/** Why the folders cannot be labels, or null. */
function findLabelProblem(
  ids: readonly string[],
  { labelled, unknownFolders }: LabelFolders,
): string | null {
  if (labelled.length === 0 && !unknownFolders.some(couldBeLabel)) {
    const foreign = findForeignCorpus(ids);
    return foreign
      ? `is no corpus that is read: ${foreign}. The first is ${ids[0]}`
      : `has file names of no known layout, such as ${ids[0]}`;
  }
  if (unknownFolders.length === 0) return null;
  const foreign = labelled.length === 0 ? findForeignCorpus(ids) : null;
  if (foreign) return `is no corpus that is read: ${foreign}. The first is ${ids[0]}`;
  return `has folders that are no known label: ${unknownFolders.join(', ')} (known: ${emotions.join(', ')}; "labels" in a corpus.json maps others)`;
}

/** Folders of speakers, of sides and of everything are no labels in another language. */
function couldBeLabel(folder: string): boolean {
  const others =
    /^(all|audio.*|wavs?|clips?|data|dataset|files|recordings?|sounds?|speech|train|training|test|testing|dev|eval|val|valid|validation|(actor|actress|session|speaker|spk|subject)[\s_-]*\w*|[a-z]{0,3}[\s_-]?\d+)$/i;
  return !others.test(folder) && !/^[A-Z]{1,3}$/.test(folder);
}

function detectReader(
  directory: string,
  ids: readonly string[],
): { reader: NameReader | null; named: number } {
  const counts = nameReaders
    .map((reader) => ({ reader, count: ids.filter((id) => reader.parse(toStem(id))).length }))
    .filter(({ count }) => count > 0);
  const named = counts.reduce((sum, { count }) => sum + count, 0);
  if (named * 2 <= ids.length) return { reader: null, named };
  if (counts.length > 1) {
    const names = counts.map(({ reader }) => reader.corpus).join(', ');
    throw invalid(directory, `mixes several corpora (${names}); give the folder of each`);
  }
  return { reader: counts[0]!.reader, named };
}

function readNames(
  directory: string,
  { ids, reader, named }: { ids: readonly string[]; reader: NameReader; named: number },
): CorpusListing {
  const { licence, name } = knownCorpora[reader.corpus];
  const labelled: CorpusListing['labelled'] = [];
  const skipped: CorpusListing['skipped'] = [];
  const impossible: { id: string; what: string[] }[] = [];
  const contradicted: { id: string; reason: string }[] = [];
  for (const id of ids) {
    const parsed: ParsedName = reader.parse(toStem(id)) ?? {
      skipReason: `the name does not follow ${reader.layout}`,
    };
    if ('skipReason' in parsed) {
      skipped.push({ id, reason: parsed.skipReason });
    } else if ('impossible' in parsed) {
      impossible.push({ id, what: parsed.impossible });
    } else {
      const witness = readFolderLabel(id);
      if (witness === null || witness === parsed.label) {
        labelled.push({ ...parsed, id, recording: `${name}/${parsed.recording}` });
      } else {
        const reason = `its name says ${parsed.label} and its folder ${witness}`;
        contradicted.push({ id, reason });
      }
    }
  }
  refuseAnother(directory, reader, { total: ids.length, impossible, contradicted });
  for (const { id, what } of impossible) {
    skipped.push({ id, kind: 'name', reason: `${name} has no ${what.join(', no ')}` });
  }
  for (const clip of contradicted) skipped.push({ ...clip, kind: 'folder-label' });
  if (labelled.length === 0) {
    const first = skipped[0]!;
    throw invalid(directory, `holds no clip to use: ${first.id}: ${first.reason}`);
  }
  return {
    ...{ name, licence, synthetic: false, labelled, skipped },
    layout: reader.layout,
    reason: `${named} of ${ids.length} names have its form`,
  };
}

/** @throws SerError DATASET_INVALID where too much contradicts the corpus. */
function refuseAnother(
  directory: string,
  { corpus }: NameReader,
  found: {
    total: number;
    impossible: readonly { id: string; what: string[] }[];
    contradicted: readonly { id: string; reason: string }[];
  },
): void {
  const { total, impossible, contradicted } = found;
  const most = mostContradictions * total;
  const advice = 'If it is another corpus, sort it into one folder a label with a corpus.json';
  if (impossible.length > most) {
    const values = groupBy(
      impossible.flatMap(({ what }) => what),
      (value) => value,
    );
    const listed = [...values].map(([value, all]) => `${value} (${all.length})`).join(', ');
    throw invalid(
      directory,
      `looks like ${corpus} and is not: ${impossible.length} of ${total} names have what ${corpus} has not: ${listed}; the first is ${impossible[0]!.id}. ${advice}`,
    );
  }
  if (contradicted.length > most) {
    const [{ id, reason }] = contradicted as [{ id: string; reason: string }];
    throw invalid(
      directory,
      `has the names of ${corpus}, and ${contradicted.length} of ${total} files lie in the folder of another label; the first is ${id}: ${reason}. ${advice}`,
    );
  }
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
