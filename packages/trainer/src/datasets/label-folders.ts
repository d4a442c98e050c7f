import type { CorpusFile } from './corpus-file.ts';
import { toEmotion } from './emotions.ts';

/** The speaker of files whose name does not tell. */
export const unknownSpeaker = 'unknown';

/** The layout in a few words, for error messages. */
export const labelFoldersLayout = 'one folder a label (angry/…, happy/…)';

/** What the folders say of a corpus: labelled files, files left out, folders that are no label. */
export interface LabelFolders {
  labelled: { id: string; label: string; speaker: string }[];
  skipped: { id: string; reason: string }[];
  unknownFolders: string[];
}

/**
 * Reads the layout of one folder a label: the first folder of each path is the label, as any corpus
 * writes it, or as `corpus.json` maps it.
 *
 * The speaker is the file name's part before its first `_` or `-`, where that part occurs under at
 * least two labels; else it is `unknown`. So `anna_01.wav` in `angry/` and `happy/` is spoken by
 * anna, while `angry_01.wav` in `angry/` says nothing about who speaks.
 *
 * @param ids paths relative to the corpus root, with forward slashes
 */
export function readLabelFolders(
  ids: readonly string[],
  corpusFile: CorpusFile | null,
): LabelFolders {
  const skipped: LabelFolders['skipped'] = [];
  const unknownFolders = new Set<string>();
  const labelled: { id: string; label: string; prefix: string | null }[] = [];

  for (const id of ids) {
    const parts = id.split('/');
    const folder = parts.length > 1 ? parts[0]! : null;
    if (folder === null) {
      skipped.push({ id, reason: 'it lies in no label folder' });
      continue;
    }
    const label = toLabel(folder, corpusFile);
    if (label === undefined) {
      unknownFolders.add(folder);
    } else if (label === null) {
      skipped.push({ id, reason: `corpus.json leaves the folder ${folder} out` });
    } else {
      labelled.push({ id, label, prefix: readPrefix(parts.at(-1)!) });
    }
  }

  const labelsByPrefix = new Map<string, Set<string>>();
  for (const { label, prefix } of labelled) {
    if (prefix === null) continue;
    const labels = labelsByPrefix.get(prefix) ?? new Set();
    labelsByPrefix.set(prefix, labels.add(label));
  }
  const toSpeaker = (prefix: string | null) =>
    prefix !== null && labelsByPrefix.get(prefix)!.size > 1 ? prefix : unknownSpeaker;

  return {
    labelled: labelled.map(({ id, label, prefix }) => ({ id, label, speaker: toSpeaker(prefix) })),
    skipped,
    unknownFolders: [...unknownFolders],
  };
}

function toLabel(folder: string, corpusFile: CorpusFile | null): string | null | undefined {
  const mapped = corpusFile?.labels;
  if (mapped && Object.hasOwn(mapped, folder)) return mapped[folder];
  return toEmotion(folder) ?? undefined;
}

function readPrefix(fileName: string): string | null {
  return /^([^_-]+)[_-]/.exec(fileName)?.[1] ?? null;
}
