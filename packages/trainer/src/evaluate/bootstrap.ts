import { createRandom } from '../random.ts';

/** An interval that holds the score in `level` of the resamples. */
export interface Interval {
  low: number;
  high: number;
  level: number;
  resamples: number;
}

/**
 * A 95 % percentile bootstrap interval of the unweighted average recall. Clips are drawn with
 * replacement within each true label, so each resample keeps the label counts and no recall is ever
 * undefined. It tells the luck of the drawn clips; that speakers differ, it does not.
 *
 * @param truth true labels
 * @param predicted predicted labels
 */
export function bootstrapRecall(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
  seed: number,
  resamples = 2000,
): Interval {
  const hitsByClass = Array.from({ length: classCount }, () => [] as number[]);
  for (let i = 0; i < truth.length; i++) {
    hitsByClass[truth[i]!]!.push(truth[i] === predicted[i] ? 1 : 0);
  }
  const present = hitsByClass.filter((hits) => hits.length > 0);
  const random = createRandom(seed).fork('bootstrap');
  const scores = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let recalls = 0;
    for (const hits of present) {
      let drawn = 0;
      for (let draw = 0; draw < hits.length; draw++) drawn += hits[random.integer(hits.length)]!;
      recalls += drawn / hits.length;
    }
    scores[resample] = recalls / present.length;
  }
  scores.sort();
  const level = 0.95;
  return {
    low: readQuantile(scores, (1 - level) / 2),
    high: readQuantile(scores, (1 + level) / 2),
    level,
    resamples,
  };
}

/** The quantile of sorted values, linear between neighbours (NumPy's default). */
function readQuantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
