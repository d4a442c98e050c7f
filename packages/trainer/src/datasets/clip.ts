/** One labelled recording. */
export interface Clip {
  /** Path relative to its corpus root, with forward slashes. */
  id: string;
  /** Where the file lies on this machine. */
  path: string;
  /** The corpus's name, such as `ravdess`. */
  corpus: string;
  /** One of the project's emotions, or a label that the corpus's own `corpus.json` names. */
  label: string;
  /** The speaker's name within the corpus; `speakerKey` tells speakers of several corpora apart. */
  speaker: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  contentHash: string;
}

/** One corpus of a dataset. `speakers` and `clips` are counts. */
export interface CorpusSummary {
  name: string;
  clips: number;
  speakers: number;
  licence: string;
  /** True where no person spoke: scores on it say nothing about speech. */
  synthetic: boolean;
}

/** A file or folder that was left out, and why. */
export interface SkippedFile {
  path: string;
  reason: string;
  /** Of what is counted together; absent for single mishaps. */
  kind?: SkipKind;
}

/**
 * `twin`: another encoding or copy of a recording that is kept; `conflicting-twin`: twins whose labels
 * differ; `name`: what the corpus of its form does not have; `folder-label`: the folder names another
 * label; `format`: a recording that nothing here reads; `folder`: one that could not be listed.
 */
export type SkipKind = 'conflicting-twin' | 'folder' | 'folder-label' | 'format' | 'name' | 'twin';

/** As what a folder was read, and why. */
export interface CorpusLayout {
  directory: string;
  /** A published corpus, or one folder a label. */
  layout: string;
  reason: string;
}

/** Clips of one or more corpora, in a fixed order. */
export interface Dataset {
  clips: Clip[];
  /** The labels that occur, in the project's order, which is RAVDESS's. */
  labels: string[];
  corpora: CorpusSummary[];
  /** One a folder, in the order given. */
  layouts: CorpusLayout[];
  skipped: SkippedFile[];
}

/** A clip's name that is unique over all corpora: `corpus/id`. */
export function clipKey(clip: Pick<Clip, 'corpus' | 'id'>): string {
  return `${clip.corpus}/${clip.id}`;
}

/** A speaker's name that is unique over all corpora: `corpus/speaker`. */
export function speakerKey(clip: Pick<Clip, 'corpus' | 'speaker'>): string {
  return `${clip.corpus}/${clip.speaker}`;
}
