import type { CrossValidation } from '@ser/trainer';

type Scores = CrossValidation['pooled'][number];
type Spreads = CrossValidation['overRuns'];

const columns = ['', 'clips', 'UAR', '95 %', 'accuracy', 'macro F1', 'ECE', 'minutes'];

/** The folds' scores in per cent as a table of plain text, and what they come to. */
export function formatCrossValidation(result: CrossValidation): string {
  const { runs, pooled, overRuns, overSeeds } = result;
  const rows = [
    columns,
    ...runs.map((run) => [run.directory, ...listScores(run), (run.trainingSec / 60).toFixed(1)]),
    ...pooled.map((scores) => [`seed ${scores.seed}, all folds`, ...listScores(scores), '']),
    [`mean of ${runs.length} runs`, '', ...listSpreads(overRuns), ''],
    ...(pooled.length > 1
      ? [[`mean of ${pooled.length} seeds`, '', ...listSpreads(overSeeds), '']]
      : []),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  const minutes = (result.elapsedSec / 60).toFixed(1);
  return `${lines.join('\n')}\n\n${minutes} minutes by the clock, ${result.jobs} runs at a time.\n`;
}

function listScores({ clips, uar, uarInterval, accuracy, macroF1, ece }: Omit<Scores, 'seed'>) {
  const interval = `${percent(uarInterval.low)}–${percent(uarInterval.high)}`;
  return [String(clips), percent(uar), interval, ...[accuracy, macroF1, ece].map(percent)];
}

function listSpreads({ uar, accuracy, macroF1, ece }: Spreads): string[] {
  const [first, ...rest] = [uar, accuracy, macroF1, ece].map(
    ({ mean, deviation }) => `${percent(mean)} ± ${percent(deviation)}`,
  );
  return [first!, '', ...rest];
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
