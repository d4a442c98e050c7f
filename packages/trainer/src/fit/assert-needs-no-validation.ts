import { SerError } from '@ser/dsp-wasm';
import type { TrainingSettings } from '../recipes/recipe.ts';

/**
 * Proves that a training without a validation side needs none.
 *
 * @throws SerError `INVALID_ARGUMENT` naming the setting that does.
 */
export function assertNeedsNoValidation({
  keep,
  patience,
  schedule,
}: Pick<TrainingSettings, 'keep' | 'patience' | 'schedule'>): void {
  const refuse = (setting: string, allowed: string) =>
    new SerError(
      'INVALID_ARGUMENT',
      `training.${setting}, which is decided on validation clips, and the protocol all has none; ${allowed}.`,
    );
  if (keep === 'best') throw refuse('keep is best', 'allowed are last and average');
  if (patience !== null) throw refuse(`patience is ${patience}`, 'it must be null');
  if (schedule === 'reduce-on-plateau') {
    throw refuse(`schedule is ${schedule}`, 'allowed are constant, cosine and one-cycle');
  }
}
