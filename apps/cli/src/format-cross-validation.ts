import type { CrossValidation } from '@ser/trainer';

type Scores = CrossValidation['runs' | 'pooled'][number];
type Spreads = CrossValidation['overRuns'];

const columns = [
  ...['', 'clips', 'UAR', '95 % over clips', 'over speakers'],
  ...['accuracy', 'macro F1', 'ECE', 'minutes'],
];
const corpusColumns = ['corpus', 'clips', 'UAR', 'accuracy', 'hardest label', 'its recall'];

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
  const corpora = pooled.flatMap(({ seed, corpora }) =>
    corpora.map(({ corpus, clips, uar, accuracy, hardest }) => [
      ...[`seed ${seed}, ${corpus}`, String(clips), percent(uar), percent(accuracy)],
      ...[hardest.label, percent(hardest.recall)],
    ]),
  );
  const adapted = pooled.flatMap((scores) => (scores.adapted ? [percent(scores.adapted.uar)] : []));
  const minutes = (result.elapsedSec / 60).toFixed(1);
  return [
    alignColumns(rows),
    ...(corpora.length > pooled.length ? [alignColumns([corpusColumns, ...corpora])] : []),
    ...(adapted.length > 0
      ? [
          `UAR adapted to each test speaker by clips without labels (ser adapt): ${adapted.join(', ')}`,
        ]
      : []),
    `${minutes} minutes by the clock, ${result.jobs} runs at a time.\n`,
  ].join('\n\n');
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

function listScores(scores: Scores): string[] {
  const { clips, uar, uarInterval, uarSpeakerInterval, accuracy, macroF1, ece } = scores;
  const intervals = [uarInterval, uarSpeakerInterval].map((interval) =>
    interval ? `${percent(interval.low)}–${percent(interval.high)}` : '',
  );
  return [String(clips), percent(uar), ...intervals, ...[accuracy, macroF1, ece].map(percent)];
}

function listSpreads({ uar, accuracy, macroF1, ece }: Spreads): string[] {
  const [first, ...rest] = [uar, accuracy, macroF1, ece].map(
    ({ mean, deviation }) => `${percent(mean)} ± ${percent(deviation)}`,
  );
  return [first!, '', '', ...rest];
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
