import type { TrainingSettings } from '../recipes/recipe.ts';

/** Which weights a run kept, in words. */
export const keptWeights: Readonly<Record<TrainingSettings['keep'], string>> = {
  best: 'picked on validation clips',
  last: 'the last',
  average: 'the mean over the last quarter of the epochs',
};
