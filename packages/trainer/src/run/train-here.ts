import type { Recipe } from '../recipes/recipe.ts';
import { ensureTensorFlow } from '../tensorflow/set-up.ts';
import type { TrainOptions, TrainResult } from './train.ts';

/** Only networks need TensorFlow. */
export async function setUpFor({ head }: Recipe): Promise<void> {
  if (head === 'network') await ensureTensorFlow();
}

/** One training in this process, which may be one of several side by side: see `train`. */
export async function trainHere(options: TrainOptions): Promise<TrainResult> {
  await setUpFor(options.settings.recipe);
  // It brings TensorFlow along, which is linked only now.
  const { runTraining } = await import('./train.ts');
  return runTraining(options);
}
