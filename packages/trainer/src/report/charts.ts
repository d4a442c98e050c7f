import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { describeConfusion } from './confusion-chart.ts';
import { describeCurves } from './curves-chart.ts';
import { findMainScores } from './main-scores.ts';
import type { Palette } from './palette.ts';
import { describeReliability } from './reliability-chart.ts';
import type { Chart } from './render-chart.ts';
import type { RunSummary } from './run-summary.ts';

/** The charts of a report, by the name of their files. */
export type ChartName = 'curves' | 'confusion' | 'reliability';

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
