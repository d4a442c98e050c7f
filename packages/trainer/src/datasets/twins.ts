import { groupBy } from '../group-by.ts';
import { type Clip, clipKey, type SkippedFile } from './clip.ts';

const twinReason = 'byte-identical to ';
const conflict = ', which is labelled ';

/**
 * Keeps the first of byte-identical clips; twins whose labels differ are all left out, since no one
 * can tell which label is true. What is left out is added to `skipped`.
 */
export function dropTwins(clips: readonly Clip[], skipped: SkippedFile[]): Clip[] {
  const twins = groupBy(clips, ({ contentHash }) => contentHash);
  return clips.filter((clip) => {
    const group = twins.get(clip.contentHash)!;
    const first = group[0]!;
    const other = group.find(({ label }) => label !== clip.label);
    if (other) {
      const reason = `${twinReason}${clipKey(other)}${conflict}${other.label} and not ${clip.label}`;
      skipped.push({ path: clip.path, reason });
      return false;
    }
    if (clip === first) return true;
    skipped.push({ path: clip.path, reason: `${twinReason}${clipKey(first)}` });
    return false;
  });
}

/** Whether a file was left out as a copy of another with the same label. */
export function isTwin({ reason }: SkippedFile): boolean {
  return reason.startsWith(twinReason) && !reason.includes(conflict);
}

/** Whether a file was left out as a copy of another with another label. */
export function isConflictingTwin({ reason }: SkippedFile): boolean {
  return reason.startsWith(twinReason) && reason.includes(conflict);
}
