import { bootstrapRecall, bootstrapSpeakers, type Interval } from './bootstrap.ts';
import {
  binConfidences,
  listOutcomes,
  measureCalibrationError,
  measureLogLoss,
  type ReliabilityBin,
} from './calibration.ts';
import {
  type AverageScores,
  averageMacro,
  averageRecall,
  averageWeighted,
  type ClassScores,
  countConfusion,
  scoreClasses,
} from './confusion.ts';
import { checkPredictions, findLargest, type LabelledPredictions } from './predictions.ts';

/** Every score of one set of predictions; plain JSON. */
export interface Evaluation {
  labels: string[];
  /** How many clips were scored. */
  n: number;
  accuracy: number;
  /** Unweighted average recall: the mean recall of the labels that have clips. */
  uar: number;
  /** 95 % bootstrap interval of `uar` over clips: how much hangs on the drawn clips. */
  uarInterval: Interval;
  /** The same over speakers: how much hangs on who spoke. Null where speakers are not given or too few. */
  uarSpeakerInterval: Interval | null;
  macro: AverageScores;
  weighted: AverageScores;
  classes: ClassScores[];
  /** Clip counts; row: true label, column: predicted label. */
  confusion: number[][];
  /** Expected calibration error of the predicted label, 15 bins. */
  ece: number;
  reliability: ReliabilityBin[];
  /** Mean negative log-likelihood in nats. */
  logLoss: number;
}

/**
 * Scores predictions against true labels. The predicted label is the most probable one, of equal
 * ones the first. A label without clips or without predictions scores 0, as in scikit-learn.
 *
 * @param input.speakers whose voice each clip is; give them where the model heard none of them
 * @param input.seed draws the bootstrap resamples; default 0
 * @throws SerError INVALID_ARGUMENT for no clips, a label out of range, or a row that is no
 *   probability distribution
 * @example
 * const { uar, uarInterval } = evaluatePredictions({ truth, probabilities, labels });
 */
export function evaluatePredictions(
  input: LabelledPredictions & { seed?: number; speakers?: readonly string[] },
): Evaluation {
  checkPredictions(input);
  const { truth, probabilities, labels, speakers, seed = 0 } = input;
  const predicted = probabilities.map(findLargest);
  const counts = countConfusion(truth, predicted, labels.length);
  const classes = scoreClasses(counts, labels);
  const reliability = binConfidences(listOutcomes(input));
  const hits = labels.reduce((sum, _, at) => sum + counts[at * labels.length + at]!, 0);
  return {
    labels: [...labels],
    n: truth.length,
    accuracy: hits / truth.length,
    uar: averageRecall(classes),
    uarInterval: bootstrapRecall(truth, predicted, labels.length, seed),
    uarSpeakerInterval: speakers ? bootstrapSpeakers({ truth, predicted, speakers, seed }) : null,
    macro: averageMacro(classes),
    weighted: averageWeighted(classes),
    classes,
    confusion: labels.map((_, row) => [
      ...counts.subarray(row * labels.length, (row + 1) * labels.length),
    ]),
    ece: measureCalibrationError(reliability),
    reliability,
    logLoss: measureLogLoss(input),
  };
}
