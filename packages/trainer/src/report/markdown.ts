import type { Interval } from '../evaluate/bootstrap.ts';

/** A Markdown table. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The bounds of an interval as percentages. */
export function formatInterval({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${formatPercent(low)} to ${formatPercent(high)}`;
}

/** A share as a percentage with one decimal. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
