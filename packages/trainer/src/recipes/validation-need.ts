import type { TrainingSettings } from './recipe.ts';

/**
 * Says which setting of a training is decided on validation clips and what is allowed without them,
 * to be read behind "training."; undefined: a training with these settings does without them.
 */
export function findValidationNeed({
  keep,
  patience,
  schedule,
}: Pick<TrainingSettings, 'keep' | 'patience' | 'schedule'>): string | undefined {
  const tell = (setting: string, allowed: string) =>
    `${setting}, which is decided on them; without any, ${allowed}`;
  if (keep === 'best') return tell('keep is best', 'allowed are last and average');
  if (patience !== null) return tell(`patience is ${patience}`, 'it must be null');
  if (schedule === 'reduce-on-plateau') {
    return tell(`schedule is ${schedule}`, 'allowed are constant, cosine and one-cycle');
  }
  return undefined;
}
