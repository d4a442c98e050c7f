import { average } from '../average.ts';
import {
  type PooledScores,
  poolChannels,
  poolPredictions,
  poolRecall,
} from '../evaluate/pool-predictions.ts';
import { countSpeakers, type SpeakerCounts } from '../evaluate/speaker-counts.ts';
import { groupBy } from '../group-by.ts';
import { isSpeakerIndependent } from '../protocols/split.ts';
import {
  type ChannelUars,
  type LabelPrediction,
  measureTrainingSec,
  type RunSummary,
} from '../report/run-summary.ts';
import { type GroupScore, scoreCorpora, scoreSpeakers } from '../report/speaker-scores.ts';
import { adaptTested } from './adapt-speakers.ts';
import { fitByOthers } from './rescale-by-others.ts';
import { rescale } from './score-sides.ts';

/** Mean and sample standard deviation; the deviation of one value is 0. */
export interface Spread {
  mean: number;
  deviation: number;
  values: number;
}

/** The scores of one fold with one seed, on its test clips. */
export interface FoldScores extends PooledScores {
  seed: number;
  fold: number | null;
  /** The run folder, relative to the results file. */
  directory: string;
  /** The test speakers as `corpus/speaker`, or what else the fold is made of. */
  tested: string[];
  /** Each corpus of the test side. */
  corpora: GroupScore[];
  bestEpoch: number;
  epochs: number;
  /** Time of all epochs, validation included, and of what came before them. */
  trainingSec: number;
}

const measures = ['uar', 'accuracy', 'macroF1', 'ece'] as const;

/** One value for each score. */
export type Spreads = Record<(typeof measures)[number], Spread>;

/** The predictions of all folds with one seed, scored together. */
export interface SeedScores extends PooledScores {
  seed: number;
  corpora: GroupScore[];
  /** Worst UAR first. */
  speakers: GroupScore[];
  /**
   * See {@link adaptTested}; null where the protocol has test speakers in training, absent in
   * files of older versions.
   */
  adapted?: PooledScores | null;
  /** Of windows, see `cutWindows`; absent in files of older versions. */
  windowUar?: number;
  /** Absent in files of older versions. */
  channelUars?: ChannelUars;
  /** What two cross-validations are compared by, speaker by speaker. */
  counts: SpeakerCounts;
}

/** All that a cross-validation found. */
export interface FoldsSummary {
  runs: FoldScores[];
  /** The predictions of all folds together, for each seed. */
  pooled: SeedScores[];
  /** Over all folds and seeds. */
  overRuns: Spreads;
  /** Over the seeds' pooled scores. */
  overSeeds: Spreads;
}

/** A finished run, with what it was. */
export interface FinishedFold extends Pick<FoldScores, 'seed' | 'fold' | 'directory' | 'tested'> {
  summary: RunSummary;
}

/**
 * Scores finished folds one by one, together, and over seeds. Where nobody validated, and so nothing
 * was calibrated, a fold's confidences are at the temperature of the seed's other folds.
 */
export function summariseFolds(found: readonly FinishedFold[]): FoldsSummary {
  const finished = calibrateUnvalidated(found);
  const runs = finished.map(({ summary, ...run }): FoldScores => {
    const { history, bestEpoch } = summary;
    return {
      ...run,
      ...score([summary]),
      corpora: scoreCorpora(listTestPredictions(summary)),
      bestEpoch,
      epochs: history.length,
      trainingSec: measureTrainingSec(summary),
    };
  });
  const bySeed = groupBy(finished, ({ seed }) => seed);
  const pooled = [...bySeed].map(([seed, folds]): SeedScores => {
    const summaries = folds.map(({ summary }) => summary);
    const predictions = summaries.flatMap(listTestPredictions);
    const windows = summaries.flatMap(({ windows = [] }) => windows.filter(isTested));
    return {
      seed,
      ...score(summaries),
      adapted: poolAdapted(summaries),
      ...(windows.length > 0 && { windowUar: poolRecall(windows) }),
      channelUars: poolChannels(summaries),
      corpora: scoreCorpora(predictions),
      speakers: scoreSpeakers(predictions),
      counts: countSpeakers(predictions),
    };
  });
  return { runs, pooled, overRuns: spread(runs), overSeeds: spread(pooled) };
}

function calibrateUnvalidated(finished: readonly FinishedFold[]): FinishedFold[] {
  const open = finished.filter(({ summary }) => summary.temperature === null);
  // Probabilities of other labels have other temperatures.
  const groups = groupBy(open, ({ seed, summary }) => [seed, ...summary.labels].join('/'));
  const calibrated = new Map<FinishedFold, FinishedFold>();
  for (const folds of groups.values()) {
    const { labels } = folds[0]!.summary;
    const tested = folds.map(({ summary }) => listTestPredictions(summary));
    fitByOthers(tested, labels).forEach((temperature, at) => {
      const fold = folds[at]!;
      const { adapted } = fold.summary;
      const predictions = rescale(tested[at]!, labels, temperature);
      const rescaled = adapted && { adapted: rescale(adapted, labels, temperature) };
      calibrated.set(fold, { ...fold, summary: { ...fold.summary, predictions, ...rescaled } });
    });
  }
  return finished.map((fold) => calibrated.get(fold) ?? fold);
}

function score(summaries: readonly RunSummary[]): PooledScores {
  return poolPredictions(summaries.flatMap(listTestPredictions), {
    areStrangers: areStrangers(summaries),
  });
}

/** Scores the predictions of all folds together, each speaker's as {@link adaptTested} gives them. */
export function poolAdapted(summaries: readonly RunSummary[]): PooledScores | null {
  if (!areStrangers(summaries)) return null;
  const adapted = summaries.flatMap(adaptTested);
  return poolPredictions(adapted, { areStrangers: true });
}

function areStrangers(summaries: readonly RunSummary[]): boolean {
  return summaries.every(({ protocol }) => isSpeakerIndependent(protocol.name));
}

function listTestPredictions({ predictions }: RunSummary) {
  return predictions.filter(isTested);
}

function isTested({ split }: LabelPrediction): boolean {
  return split === 'test';
}

function spread(scores: readonly PooledScores[]): Spreads {
  return Object.fromEntries(
    measures.map((measure) => [measure, measureSpread(scores.map((score) => score[measure]))]),
  ) as Spreads;
}

/** Mean and sample standard deviation of values. */
export function measureSpread(values: readonly number[]): Spread {
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  return { mean, deviation, values: values.length };
}
