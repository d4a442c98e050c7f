import { fitTemperature } from '../evaluate/temperature.ts';
import type { LabelPrediction } from '../report/run-summary.ts';
import { rescale, toLabelled } from './score-sides.ts';

/**
 * The predictions of folds, each at the temperature that those of the others give. One fold alone is
 * returned as it is.
 */
export function rescaleByOthers<Prediction extends LabelPrediction>(
  folds: readonly (readonly Prediction[])[],
  labels: readonly string[],
): Prediction[][] {
  return folds.map((fold) => {
    const others = folds.filter((other) => other !== fold).flat();
    if (others.length === 0) return [...fold];
    return rescale(fold, labels, fitTemperature(toLabelled(others, labels)));
  });
}
