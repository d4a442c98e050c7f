import { average } from '../average.ts';
import { groupBy } from '../group-by.ts';
import { createRandom, type Random } from '../random.ts';

/** An interval that holds the score in `level` of the resamples. */
export interface Interval {
  low: number;
  high: number;
  level: number;
  resamples: number;
  /** What was drawn with replacement. */
  over: 'clips' | 'speakers';
}

const level = 0.95;
export const defaultResamples = 2000;

/** Fewer speakers cannot tell how speakers differ. */
export const fewestSpeakers = 3;

/**
 * A 95 % percentile bootstrap interval of the unweighted average recall. Clips are drawn with
 * replacement within each true label, so each resample keeps the label counts and no recall is ever
 * undefined. It tells the luck of the drawn clips; that speakers differ, it does not:
 * {@link bootstrapSpeakers} does.
 *
 * @param truth true labels
 * @param predicted predicted labels
 */
export function bootstrapRecall(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
  seed: number,
  resamples = defaultResamples,
): Interval {
  const hitsByClass = Array.from({ length: classCount }, () => [] as number[]);
  for (let i = 0; i < truth.length; i++) {
    hitsByClass[truth[i]!]!.push(truth[i] === predicted[i] ? 1 : 0);
  }
  const present = hitsByClass.filter((hits) => hits.length > 0);
  const random = createRandom(seed).fork('bootstrap');
  return resample('clips', resamples, () => {
    const recalls = present.map((hits) => {
      let drawn = 0;
      for (let draw = 0; draw < hits.length; draw++) drawn += hits[random.integer(hits.length)]!;
      return drawn / hits.length;
    });
    return average(recalls);
  });
}

/** Predictions with whose voice each clip is. */
export interface SpeakerPredictions {
  truth: ArrayLike<number>;
  predicted: ArrayLike<number>;
  speakers: readonly string[];
  seed: number;
  resamples?: number;
}

/**
 * A 95 % percentile bootstrap interval of the unweighted average recall over speakers: as many are
 * drawn with replacement as there are, each with all its clips (a cluster bootstrap). Labels that no
 * drawn speaker has do not count in that resample. Null for fewer than three speakers.
 */
export function bootstrapSpeakers(predictions: SpeakerPredictions): Interval | null {
  const { truth, predicted, speakers, seed, resamples = defaultResamples } = predictions;
  const groups = [...groupBy(speakers.keys(), (clip) => speakers[clip]!).values()];
  if (groups.length < fewestSpeakers) return null;
  const classCount = 1 + Math.max(...Array.from(truth));
  const counts = groups.map((clips) => {
    const hits = new Float64Array(classCount);
    const all = new Float64Array(classCount);
    for (const clip of clips) {
      const label = truth[clip]!;
      all[label]!++;
      if (predicted[clip] === label) hits[label]!++;
    }
    return { hits, all };
  });
  const random = createRandom(seed).fork('bootstrap speakers');
  return resample('speakers', resamples, () => drawRecall(counts, classCount, random));
}

function drawRecall(
  counts: readonly { hits: Float64Array; all: Float64Array }[],
  classCount: number,
  random: Random,
): number {
  const hits = new Float64Array(classCount);
  const all = new Float64Array(classCount);
  for (let draw = 0; draw < counts.length; draw++) {
    const speaker = counts[random.integer(counts.length)]!;
    for (let label = 0; label < classCount; label++) {
      hits[label]! += speaker.hits[label]!;
      all[label]! += speaker.all[label]!;
    }
  }
  const recalls = Array.from(all, (count, label) => (count > 0 ? hits[label]! / count : null));
  return average(recalls.filter((recall) => recall !== null));
}

/** The 95 % percentile interval of what `draw` gives, each time from another resample. */
export function resample(over: Interval['over'], resamples: number, draw: () => number): Interval {
  const scores = Float64Array.from({ length: resamples }, draw).sort();
  return {
    low: readQuantile(scores, (1 - level) / 2),
    high: readQuantile(scores, (1 + level) / 2),
    ...{ level, resamples, over },
  };
}

/** The quantile of sorted values, linear between neighbours (NumPy's default). */
function readQuantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
