import { SerError } from '@ser/dsp-wasm';
import type { Clip } from '../datasets/clip.ts';
import { groupBy } from '../group-by.ts';
import type { Random } from '../random.ts';
import type { SplitSides } from './split.ts';

const testShare = 0.2;
const defaultValidationShare = 0.1;

/**
 * Stratified 80/20, then a share of the 80, by default 10 %, for validation (0: none): every side
 * keeps the shares of each corpus and label, to the clip. Speakers are on all sides, so the score
 * flatters.
 *
 * @throws SerError DATASET_INVALID for a label with fewer than three clips in a corpus
 */
export function splitRandomly(
  clips: readonly Clip[],
  random: Random,
  validationShare: number | null = null,
): SplitSides {
  const [rest, test] = takeStratified(clips, testShare, 3, random.fork('test'));
  if (validationShare === 0) return { train: rest, validation: [], test };
  const [train, validation] = takeStratified(
    rest,
    validationShare ?? defaultValidationShare,
    2,
    random.fork('validation'),
  );
  return { train, validation, test };
}

function takeStratified(
  clips: readonly Clip[],
  share: number,
  smallest: number,
  random: Random,
): [rest: Clip[], taken: Clip[]] {
  const strata = [...groupBy(clips, ({ corpus, label }) => `${corpus}/${label}`)];
  const small = strata.find(([, members]) => members.length < smallest);
  if (small) {
    throw new SerError(
      'DATASET_INVALID',
      `${small[0]} has ${small[1].length} clips; a random split needs at least 3 of each label in each corpus.`,
    );
  }
  const quotas = shareOut(
    strata.map(([, members]) => members.length),
    share,
  );
  const taken = new Set<Clip>();
  strata.forEach(([name, members], at) => {
    for (const clip of random.fork(name).shuffle(members).slice(0, quotas[at])) taken.add(clip);
  });
  return [clips.filter((clip) => !taken.has(clip)), clips.filter((clip) => taken.has(clip))];
}

/** Whole numbers by largest remainder: their sum is the rounded share of all, none is zero. */
function shareOut(sizes: readonly number[], share: number): number[] {
  const total = Math.round(sizes.reduce((sum, size) => sum + size, 0) * share);
  const quotas = sizes.map((size) => Math.max(1, Math.floor(size * share)));
  const byRemainder = sizes
    .map((size, at) => ({ at, remainder: size * share - quotas[at]! }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at);
  let open = total - quotas.reduce((sum, quota) => sum + quota, 0);
  for (const { at, remainder } of byRemainder) {
    if (open <= 0 || remainder <= 0) break;
    quotas[at]! += 1;
    open--;
  }
  return quotas;
}
