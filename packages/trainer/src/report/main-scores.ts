import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { type RunSummary, type Side, sides } from './run-summary.ts';
import { type GroupScore, scoreCorpora, scoreSpeakers } from './speaker-scores.ts';

/** Whose clips scores are of, and the scores. */
export interface MainScores {
  of: Side | 'folds';
  evaluation: Evaluation;
}

type ScoredRun = Pick<RunSummary, 'evaluations' | 'foldCalibration'>;

/** What others can expect of a run: its test side, else the folds that it was calibrated on. */
export function findTestScores({
  evaluations,
  foldCalibration,
}: ScoredRun): MainScores | undefined {
  if (evaluations.test) return { of: 'test', evaluation: evaluations.test };
  return foldCalibration && { of: 'folds', evaluation: foldCalibration.evaluation };
}

/** What a report is about: what others can expect, else validation, else train. */
export function findMainScores(run: ScoredRun): MainScores | undefined {
  const tested = findTestScores(run);
  if (tested) return tested;
  const side = sides.findLast((each) => run.evaluations[each]);
  return side && { of: side, evaluation: run.evaluations[side]! };
}

/** Scores each corpus and each speaker of a side, or of the folds. */
export function scoreGroups(
  { predictions, foldCalibration }: RunSummary,
  of: MainScores['of'],
): { corpora: GroupScore[]; speakers: GroupScore[] } {
  if (of === 'folds') return foldCalibration!;
  const own = predictions.filter(({ split }) => split === of);
  return { corpora: scoreCorpora(own), speakers: scoreSpeakers(own) };
}
