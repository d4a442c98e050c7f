import { extname } from 'node:path';
import { groupBy } from '../group-by.ts';
import { type Clip, clipKey, type SkippedFile } from './clip.ts';

/** What tells that clips hold the same recording, besides their bytes. */
export interface TwinSigns {
  /** Names the recording, as far as the clip's own name tells. */
  nameOf(clip: Clip): string;
  /** Pairs that sound the same. */
  soundPairs: readonly (readonly [Clip, Clip])[];
  /** The rate of a clip's file; 0 where it cannot be read. */
  rateOf(clip: Clip): number;
}

/** Above any rate: what has lost nothing is better than what has. */
const lossyRank = 1e9;
const lossyEndings = ['.mp2', '.mp3', '.mpga', '.oga', '.ogg', '.opus', '.mka', '.weba', '.webm'];

/**
 * Keeps one of the clips that hold the same recording: of the same bytes, by their names, or by their
 * sound, also through others. One that can be read is kept, without loss where there is one, at the
 * highest rate; else the first. Twins whose labels differ are all left out, since no one can tell which
 * label is true. What is left out is added to `skipped`.
 */
export function dropTwins(
  clips: readonly Clip[],
  signs: TwinSigns,
  skipped: SkippedFile[],
): Clip[] {
  const groups = groupTwins(clips, signs);
  const describe = (clip: Clip, other: Clip): string => {
    const name = clipKey(other) === clipKey(clip) ? other.path : clipKey(other);
    if (clip.contentHash === other.contentHash) return `byte-identical to ${name}`;
    const sign = signs.nameOf(clip) === signs.nameOf(other) ? 'name' : 'sound';
    return `the same recording as ${name} by its ${sign}`;
  };
  const rank = (clip: Clip): number => {
    const rate = signs.rateOf(clip);
    return rate > 0 && isLossless(clip.path) ? rate + lossyRank : rate;
  };
  return clips.filter((clip) => {
    const group = groups.get(clip)!;
    const kept = group.reduce((best, each) => (rank(each) > rank(best) ? each : best));
    const other = group.find(({ label }) => label !== clip.label);
    if (other) {
      const reason = `${describe(clip, other)}, which is labelled ${other.label} and not ${clip.label}`;
      skipped.push({ path: clip.path, kind: 'conflicting-twin', reason });
      return false;
    }
    if (clip === kept) return true;
    skipped.push({ path: clip.path, kind: 'twin', reason: describe(clip, kept) });
    return false;
  });
}

function isLossless(path: string): boolean {
  return !lossyEndings.includes(extname(path).toLowerCase());
}

/** Each clip's twins, itself among them, in the order of `clips`. */
function groupTwins(
  clips: readonly Clip[],
  { nameOf, soundPairs }: TwinSigns,
): Map<Clip, readonly Clip[]> {
  const parents = new Map<Clip, Clip>();
  const findRoot = (clip: Clip): Clip => {
    const parent = parents.get(clip);
    if (!parent) return clip;
    const root = findRoot(parent);
    parents.set(clip, root);
    return root;
  };
  const join = (a: Clip, b: Clip): void => {
    const [rootA, rootB] = [findRoot(a), findRoot(b)];
    if (rootA !== rootB) parents.set(rootB, rootA);
  };
  for (const toKey of [({ contentHash }: Clip) => contentHash, nameOf]) {
    for (const [, [first, ...others]] of groupBy(clips, toKey)) {
      for (const other of others) join(first!, other);
    }
  }
  for (const [a, b] of soundPairs) join(a, b);
  const groups = groupBy(clips, findRoot);
  return new Map(clips.map((clip) => [clip, groups.get(findRoot(clip))!]));
}
