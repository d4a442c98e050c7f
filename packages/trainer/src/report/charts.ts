import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { describeConfusion } from './confusion-chart.ts';
import { describeCurves } from './curves-chart.ts';
import type { Palette } from './palette.ts';
import { describeReliability } from './reliability-chart.ts';
import type { Chart } from './render-chart.ts';
import { type RunSummary, type Side, sides } from './run-summary.ts';

/** The charts of a report, by the name of their files. */
export type ChartName = 'curves' | 'confusion' | 'reliability';

/** Whose clips a report is about, and their scores. */
export interface MainScores {
  of: Side | 'folds';
  evaluation: Evaluation;
}

/**
 * What a report is about: the test side, else validation; of a model that heard every clip the folds
 * that it was calibrated on, else train.
 */
export function findMainScores({
  evaluations,
  foldCalibration,
}: Pick<RunSummary, 'evaluations' | 'foldCalibration'>): MainScores | undefined {
  const side = sides.findLast((each) => evaluations[each]);
  if (side === 'train' && foldCalibration) {
    return { of: 'folds', evaluation: foldCalibration.evaluation };
  }
  return side && { of: side, evaluation: evaluations[side]! };
}

/** The charts of a run; those that it has nothing for are left out. */
export function describeCharts(
  summary: RunSummary,
  palette: Palette,
): Partial<Record<ChartName, Chart>> {
  const main = findMainScores(summary);
  return {
    ...(summary.history.length > 0 && { curves: describeCurves(summary, palette) }),
    ...(main && describeEvaluation(main.evaluation, palette)),
  };
}

function describeEvaluation(evaluation: Evaluation, palette: Palette) {
  return {
    confusion: describeConfusion(evaluation, palette),
    reliability: describeReliability(evaluation, palette),
  };
}
