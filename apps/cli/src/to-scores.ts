import type { Evaluation } from '@ser/trainer';

/** The scores of an evaluation as `--json` prints them. */
export function toScores({ accuracy, uar, macro, ece, n }: Evaluation) {
  return { accuracy, uar, macroF1: macro.f1, ece, n };
}
