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
 * The predictions as CSV (RFC 4180: CRLF, quotes where needed) with a header line. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front.
 */
export function formatPredictionsCsv(predictions: readonly ClipPrediction[]): string {
  const rows = predictions.map((prediction) => columns.map((name) => formatCell(prediction[name])));
  return `${[columns, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

function formatCell(value: string | number): string {
  if (typeof value === 'number') return `${value}`;
  const text = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
