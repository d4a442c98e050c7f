import type { Emotion } from './emotions.ts';
import type { KnownCorpusName } from './known-corpora.ts';

/** What a file name says: a labelled clip, one to leave out, or a label code that is not the corpus's. */
export type ParsedName =
  | { label: Emotion; speaker: string }
  | { skipReason: string }
  | { unknownCode: string };

/** Reads one published corpus, whose file names carry label and speaker. */
export interface NameReader {
  corpus: KnownCorpusName;
  /** The layout in a few words, for error messages. */
  layout: string;
  /** Reads a file name without its extension; null where it is not a name of this corpus. */
  parse(stem: string): ParsedName | null;
}
