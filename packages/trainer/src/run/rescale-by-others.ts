import { fitTemperature } from '../evaluate/temperature.ts';
import type { LabelPrediction } from '../report/run-summary.ts';
import { rescale, toLabelled } from './score-sides.ts';

/**
 * For each fold the temperature that the predictions of the others give; of one fold alone 1.
 */
export function fitByOthers(
  folds: readonly (readonly LabelPrediction[])[],
  labels: readonly string[],
): number[] {
  return folds.map((fold) => {
    const others = folds.filter((other) => other !== fold).flat();
    return others.length === 0 ? 1 : fitTemperature(toLabelled(others, labels));
  });
}

/** The predictions of folds, each at the temperature that {@link fitByOthers} gives. */
export function rescaleByOthers<Prediction extends LabelPrediction>(
  folds: readonly (readonly Prediction[])[],
  labels: readonly string[],
): Prediction[][] {
  const temperatures = fitByOthers(folds, labels);
  return folds.map((fold, at) => rescale(fold, labels, temperatures[at]!));
}
