import { average } from '../average.ts';
import { compareText } from '../datasets/emotions.ts';
import { createRandom } from '../random.ts';
import { defaultResamples, fewestSpeakers, type Interval, resample } from './bootstrap.ts';
import type { SpeakerCounts } from './speaker-counts.ts';

/** The counts of two systems trained with the same seed, on the same test clips. */
export interface CountPair {
  baseline: SpeakerCounts;
  variant: SpeakerCounts;
}

/** How much better one system is than another on the same speakers. */
export interface PairedDifference {
  /** The variant's UAR less the baseline's, averaged over the seeds. */
  difference: number;
  /**
   * 95 % bootstrap interval of `difference` over speakers; null for fewer than three. What makes a
   * speaker hard for both systems cancels in it.
   */
  interval: Interval | null;
  /** How many speakers were compared. */
  speakers: number;
  /** The UAR of each seed. */
  baselineUars: number[];
  variantUars: number[];
}

/**
 * Compares two systems by a paired bootstrap: as many speakers are drawn with replacement as there
 * are, the same for both systems and all seeds, each with all its clips. Labels that no drawn speaker
 * has do not count in that resample.
 *
 * @param pairs one for each seed
 * @param options.seed draws the resamples. Default 0
 * @param options.resamples default 2000
 */
export function comparePaired(
  pairs: readonly CountPair[],
  { seed = 0, resamples = defaultResamples }: { seed?: number; resamples?: number } = {},
): PairedDifference {
  const listNames = ({ speakers }: SpeakerCounts) => speakers.map(({ name }) => name);
  const names = [...new Set(pairs.flatMap(({ baseline }) => listNames(baseline)))];
  names.sort(compareText);
  const scorers = pairs.map(({ baseline, variant }) => ({
    baseline: createScorer(baseline, names),
    variant: createScorer(variant, names),
  }));
  const score = (side: keyof CountPair, times: ArrayLike<number>) =>
    scorers.map((scorer) => scorer[side](times));
  const subtract = (times: ArrayLike<number>) =>
    average(score('variant', times)) - average(score('baseline', times));

  const once = new Int32Array(names.length).fill(1);
  const random = createRandom(seed).fork('paired bootstrap');
  const drawn = new Int32Array(names.length);
  const draw = () => {
    drawn.fill(0);
    for (let i = 0; i < names.length; i++) drawn[random.integer(names.length)]!++;
    return subtract(drawn);
  };
  return {
    difference: subtract(once),
    interval: names.length < fewestSpeakers ? null : resample('speakers', resamples, draw),
    speakers: names.length,
    baselineUars: score('baseline', once),
    variantUars: score('variant', once),
  };
}

/** Gives the UAR of speakers that count as many times as told, in the order of `names`. */
function createScorer({ labels, speakers }: SpeakerCounts, names: readonly string[]) {
  const own = names.map((name) => speakers.find((speaker) => speaker.name === name));
  return (times: ArrayLike<number>): number => {
    const hits = new Float64Array(labels.length);
    const clips = new Float64Array(labels.length);
    own.forEach((speaker, at) => {
      if (!speaker || times[at] === 0) return;
      for (let label = 0; label < labels.length; label++) {
        hits[label]! += times[at]! * speaker.hits[label]!;
        clips[label]! += times[at]! * speaker.clips[label]!;
      }
    });
    const recalls = Array.from(clips, (count, label) => (count > 0 ? hits[label]! / count : null));
    return average(recalls.filter((recall) => recall !== null));
  };
}
