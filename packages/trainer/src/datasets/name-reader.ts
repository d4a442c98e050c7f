import type { Emotion } from './emotions.ts';
import type { KnownCorpusName } from './known-corpora.ts';

/**
 * What a file name of a corpus's form says: a labelled clip, one to leave out, or what the corpus does
 * not have, such as `statement 03`.
 */
export type ParsedName =
  | {
      label: Emotion;
      speaker: string;
      /** Names the recording within the corpus, whatever encoding or folder the file has. */
      recording: string;
    }
  | { skipReason: string }
  | { impossible: string[] };

/** Reads one published corpus, whose file names carry label and speaker. */
export interface NameReader {
  corpus: KnownCorpusName;
  /** The layout in a few words, for error messages. */
  layout: string;
  /** Reads a file name without its extension; null where it has not the form of this corpus. */
  parse(stem: string): ParsedName | null;
}

/** The fields whose value is not among those that the corpus has, as `actor 25`. */
export function listImpossible(
  fields: readonly { name: string; value: string; isKnown: boolean }[],
): string[] {
  return fields.filter(({ isKnown }) => !isKnown).map(({ name, value }) => `${name} ${value}`);
}
