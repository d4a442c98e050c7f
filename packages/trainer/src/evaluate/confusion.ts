import { sumPairwise } from './sum-pairwise.ts';

/** Scores of one label. A ratio whose denominator is zero is 0, as scikit-learn's `zero_division=0`. */
export interface ClassScores {
  label: string;
  precision: number;
  recall: number;
  f1: number;
  /** How many clips have this true label. */
  support: number;
}

export interface AverageScores {
  precision: number;
  recall: number;
  f1: number;
}

/** Counts by true label (row) and predicted label (column), row-major. */
export function countConfusion(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): Int32Array {
  const counts = new Int32Array(classCount * classCount);
  for (let i = 0; i < truth.length; i++) counts[truth[i]! * classCount + predicted[i]!]! += 1;
  return counts;
}

/** Precision, recall and F1 of each label from the counts of `countConfusion`. */
export function scoreClasses(confusion: Int32Array, labels: readonly string[]): ClassScores[] {
  return labels.map((label, at) => {
    const hits = confusion[at * labels.length + at]!;
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < labels.length; other++) {
      support += confusion[at * labels.length + other]!;
      predicted += confusion[other * labels.length + at]!;
    }
    return {
      label,
      precision: divide(hits, predicted),
      recall: divide(hits, support),
      f1: divide(2 * hits, support + predicted),
      support,
    };
  });
}

/** The plain mean over all labels, those without a clip included (they count 0). */
export function averageMacro(classes: readonly ClassScores[]): AverageScores {
  return average(classes, () => 1);
}

/** The mean weighted by each label's support. */
export function averageWeighted(classes: readonly ClassScores[]): AverageScores {
  return average(classes, ({ support }) => support);
}

/**
 * Unweighted average recall: the mean recall of the labels that have clips. It equals
 * scikit-learn's `balanced_accuracy_score`; it differs from the macro recall only where a label has
 * no clip.
 */
export function averageRecall(classes: readonly ClassScores[]): number {
  const recalls = classes.filter(({ support }) => support > 0).map(({ recall }) => recall);
  return sumPairwise(recalls) / recalls.length;
}

function average(
  classes: readonly ClassScores[],
  toWeight: (scores: ClassScores) => number,
): AverageScores {
  const weights = classes.map(toWeight);
  const scale = sumPairwise(weights);
  const mean = (name: keyof AverageScores) =>
    sumPairwise(classes.map((scores, at) => scores[name] * weights[at]!)) / scale;
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}

function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
