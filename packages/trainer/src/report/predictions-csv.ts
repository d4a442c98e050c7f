import type { ClipPrediction } from './run-summary.ts';

const columns = [
  'corpus',
  'clipId',
  'speaker',
  'split',
  'truth',
  'predicted',
  'confidence',
] as const;

/**
 * The predictions as CSV (RFC 4180: CRLF, quotes where needed) with a header line; the last columns
 * are the probabilities of the labels. A text that a spreadsheet would take for a formula gets an
 * apostrophe in front.
 */
export function formatPredictionsCsv(
  predictions: readonly ClipPrediction[],
  labels: readonly string[],
): string {
  const header = [...columns, ...labels.map((label) => `p_${label}`)];
  const rows = predictions.map((prediction) => [
    ...columns.map((name) => prediction[name]),
    ...prediction.probabilities,
  ]);
  return `${[header, ...rows].map((row) => row.map(formatCell).join(',')).join('\r\n')}\r\n`;
}

function formatCell(value: string | number): string {
  if (typeof value === 'number') return `${value}`;
  const text = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
