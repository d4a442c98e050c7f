import type { TrainingSettings } from '../recipes/recipe.ts';

/** Share of the steps in which the one-cycle schedule rises. */
const riseShare = 0.3;
/** Start of the one-cycle schedule, as a share of its peak. */
const startShare = 1 / 25;
/** End of the one-cycle schedule, as a share of its peak. */
const endShare = 1e-4;
/** What `reduce-on-plateau` multiplies by, after how many epochs without a lower loss. */
const plateau = { factor: 0.5, epochs: 5 };

/** Where a training stands. */
export interface TrainingProgress {
  /** Steps done. */
  step: number;
  totalSteps: number;
  /** Validation losses of the epochs done. */
  validationLosses: readonly number[];
}

/**
 * Returns the learning rate of the next step.
 *
 * `cosine` falls from the peak to 0 over half a cosine (Loshchilov and Hutter 2017). `one-cycle`
 * rises from 1/25 of the peak over the first 30 % and falls to 1e-4 of it, both by half a cosine
 * (Smith and Topin 2018). `reduce-on-plateau` halves after every 5 epochs without a lower validation
 * loss.
 */
export function scheduleLearningRate(
  settings: Pick<TrainingSettings, 'learningRate' | 'schedule'>,
  { step, totalSteps, validationLosses }: TrainingProgress,
): number {
  const peak = settings.learningRate;
  const progress = Math.min(1, step / Math.max(1, totalSteps - 1));
  switch (settings.schedule) {
    case 'constant':
      return peak;
    case 'cosine':
      return anneal(peak, 0, progress);
    case 'one-cycle':
      return progress < riseShare
        ? anneal(peak * startShare, peak, progress / riseShare)
        : anneal(peak, peak * endShare, (progress - riseShare) / (1 - riseShare));
    case 'reduce-on-plateau':
      return peak * plateau.factor ** countPlateaus(validationLosses);
  }
}

function anneal(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
}

function countPlateaus(losses: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  let plateaus = 0;
  for (const loss of losses) {
    waited = loss < best ? 0 : waited + 1;
    best = Math.min(best, loss);
    if (waited === plateau.epochs) {
      plateaus++;
      waited = 0;
    }
  }
  return plateaus;
}
