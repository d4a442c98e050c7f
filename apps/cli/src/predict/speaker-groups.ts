import { SerError } from '@ser/runtime';
import type { ClipSource } from './clip-source.ts';

/** Tells who speaks in a clip; null: nobody knows. */
export type NameSpeaker = (source: ClipSource) => string | null;

/** Clips that are judged together, by their places in a list. */
export interface SpeakerGroup {
  places: number[];
  /** Whether they are of one person. */
  oneSpeaker: boolean;
}

/**
 * Reads `--speaker-from`: a regular expression, whose first group, or all that matches, is the
 * speaker's name.
 *
 * @throws SerError `INVALID_ARGUMENT` for what is no regular expression.
 */
export function parseSpeakerPattern(pattern: string): NameSpeaker {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'u');
  } catch (cause) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `--speaker-from is ${pattern}, which is no regular expression: ${(cause as Error).message}.`,
      { cause },
    );
  }
  return ({ name }) => {
    const match = expression.exec(name);
    return match ? (match[1] ?? match[0]) : null;
  };
}

/** Groups clips by their speakers, in the order of each one's first clip; unknown ones stay alone. */
export function groupSpeakers(
  sources: readonly ClipSource[],
  nameSpeaker: NameSpeaker,
): SpeakerGroup[] {
  const named = new Map<string, SpeakerGroup>();
  const groups: SpeakerGroup[] = [];
  sources.forEach((source, place) => {
    const speaker = nameSpeaker(source);
    let group = speaker === null ? undefined : named.get(speaker);
    if (!group) {
      group = { places: [], oneSpeaker: speaker !== null };
      groups.push(group);
      if (speaker !== null) named.set(speaker, group);
    }
    group.places.push(place);
  });
  return groups;
}
