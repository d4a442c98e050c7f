import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { describeConfusion } from './confusion-chart.ts';
import { describeCurves } from './curves-chart.ts';
import type { Palette } from './palette.ts';
import { describeReliability } from './reliability-chart.ts';
import type { Chart } from './render-chart.ts';
import { type RunSummary, type Side, sides } from './run-summary.ts';

/** The charts of a report, by the name of their files. */
export type ChartName = 'curves' | 'confusion' | 'reliability';

/** The side that a report is about: the test side, else validation, else train. */
export function findMainSide({ evaluations }: Pick<RunSummary, 'evaluations'>): Side | undefined {
  return sides.findLast((side) => evaluations[side]);
}

/** The charts of a run; those that it has nothing for are left out. */
export function describeCharts(
  summary: RunSummary,
  palette: Palette,
): Partial<Record<ChartName, Chart>> {
  const side = findMainSide(summary);
  return {
    ...(summary.history.length > 0 && { curves: describeCurves(summary, palette) }),
    ...(side && describeEvaluation(summary.evaluations[side]!, palette)),
  };
}

function describeEvaluation(evaluation: Evaluation, palette: Palette) {
  return {
    confusion: describeConfusion(evaluation, palette),
    reliability: describeReliability(evaluation, palette),
  };
}
