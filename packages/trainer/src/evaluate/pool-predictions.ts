import { sortLabels } from '../datasets/emotions.ts';
import { channelNames } from '../features/channel.ts';
import type {
  ChannelUars,
  ClipPrediction,
  LabelPrediction,
  RunSummary,
} from '../report/run-summary.ts';
import { bootstrapRecall, bootstrapSpeakers, type Interval } from './bootstrap.ts';
import { binConfidences, measureCalibrationError } from './calibration.ts';
import { averageMacro, averageRecall, countConfusion, scoreClasses } from './confusion.ts';

/** Scores of predictions that several models made, each of clips that it was not trained on. */
export interface PooledScores {
  clips: number;
  uar: number;
  /** 95 % bootstrap interval of `uar` over clips. */
  uarInterval: Interval;
  /** The same over speakers; null where the models heard them, or there are fewer than three. */
  uarSpeakerInterval: Interval | null;
  accuracy: number;
  macroF1: number;
  /** Expected calibration error, 15 bins. */
  ece: number;
}

/**
 * Scores the predictions of all folds together, as those of one model.
 *
 * @param options.areStrangers whether no model heard a speaker that it was tested on
 */
export function poolPredictions(
  predictions: readonly ClipPrediction[],
  { areStrangers }: { areStrangers: boolean },
): PooledScores {
  const { labels, truth, predicted, classes } = scoreLabels(predictions);
  const speakers = predictions.map(({ corpus, speaker }) => `${corpus}/${speaker}`);
  const outcomes = predictions.map(({ confidence }, at) => ({
    confidence,
    isRight: truth[at] === predicted[at],
  }));
  return {
    clips: predictions.length,
    uar: averageRecall(classes),
    uarInterval: bootstrapRecall(truth, predicted, labels.length, 0),
    uarSpeakerInterval: areStrangers
      ? bootstrapSpeakers({ truth, predicted, speakers, seed: 0 })
      : null,
    accuracy: outcomes.filter(({ isRight }) => isRight).length / outcomes.length,
    macroF1: averageMacro(classes).f1,
    ece: measureCalibrationError(binConfidences(outcomes)),
  };
}

/** The UAR of predictions that several models made, those of all together. */
export function poolRecall(predictions: readonly LabelPrediction[]): number {
  return averageRecall(scoreLabels(predictions).classes);
}

/**
 * Returns the UAR of the clips of several models through each channel, of those that `keep` takes; a
 * channel that one of the models tells nothing of has none.
 */
export function poolChannels(
  summaries: readonly Pick<RunSummary, 'channels'>[],
  keep: (prediction: LabelPrediction) => boolean = () => true,
): ChannelUars {
  const uars: ChannelUars = {};
  for (const name of channelNames) {
    const heard = summaries.map(({ channels }) => channels?.[name]?.filter(keep) ?? []);
    if (heard.every((own) => own.length > 0)) uars[name] = poolRecall(heard.flat());
  }
  return uars;
}

function scoreLabels(predictions: readonly LabelPrediction[]) {
  const labels = sortLabels(predictions.flatMap(({ truth, predicted }) => [truth, predicted]));
  const truth = predictions.map((prediction) => labels.indexOf(prediction.truth));
  const predicted = predictions.map((prediction) => labels.indexOf(prediction.predicted));
  const classes = scoreClasses(countConfusion(truth, predicted, labels.length), labels);
  return { labels, truth, predicted, classes };
}
