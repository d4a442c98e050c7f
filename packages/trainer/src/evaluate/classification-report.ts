import type { AverageScores } from './confusion.ts';
import type { Evaluation } from './evaluate-predictions.ts';

const digits = 2;
const columnWidth = 9;

/**
 * The table that scikit-learn's `classification_report(truth, predicted, labels=…, target_names=…,
 * digits=2, zero_division=0)` prints, character for character, its last line break included.
 */
export function formatClassificationReport(
  evaluation: Pick<Evaluation, 'classes' | 'accuracy' | 'macro' | 'weighted' | 'n'>,
): string {
  const { classes, accuracy, macro, weighted, n } = evaluation;
  const names = [...classes.map(({ label }) => label), 'weighted avg'];
  const nameWidth = Math.max(...names.map((name) => [...name].length));
  const formatLine = (name: string, cells: readonly string[]) =>
    `${padStart(name, nameWidth)} ${cells.map((cell) => ` ${cell.padStart(columnWidth)}`).join('')}\n`;
  const formatScores = (name: string, { precision, recall, f1 }: AverageScores, support: number) =>
    formatLine(name, [...[precision, recall, f1].map((score) => formatFixed(score)), `${support}`]);

  return [
    formatLine('', ['precision', 'recall', 'f1-score', 'support']),
    '\n',
    ...classes.map((scores) => formatScores(scores.label, scores, scores.support)),
    '\n',
    formatLine('accuracy', ['', '', formatFixed(accuracy), `${n}`]),
    formatScores('macro avg', macro, n),
    formatScores('weighted avg', weighted, n),
  ].join('');
}

/** Two decimals as Python rounds: an exact tie, such as 0.125, to the even digit. */
function formatFixed(value: number): string {
  const isTie = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  if (!isTie) return value.toFixed(digits);
  const scaled = Math.floor(value * 10 ** digits);
  return ((scaled % 2 === 0 ? scaled : scaled + 1) / 10 ** digits).toFixed(digits);
}

function padStart(text: string, width: number): string {
  return ' '.repeat(width - [...text].length) + text;
}
