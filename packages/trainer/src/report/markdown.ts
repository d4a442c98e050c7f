import type { Interval } from '../evaluate/bootstrap.ts';
import { measureSpread, type SeedScores, type Spread } from '../run/summarise-folds.ts';

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

/** A difference of shares in percentage points, with its sign. */
export function formatPoints(difference: number): string {
  const points = (Math.abs(difference) * 100).toFixed(1);
  if (Number(points) === 0) return points;
  return `${difference < 0 ? '−' : '+'}${points}`;
}

/** Mean ± standard deviation; of one value the value. */
export function formatSpread(
  { mean, deviation, values }: Spread,
  format: (value: number) => string,
): string {
  return values > 1 ? `${format(mean).replace(/ %$/, '')} ± ${format(deviation)}` : format(mean);
}

/** A UAR of windows, or of clips through a channel, over the seeds; nothing where results lack it. */
export function formatUar<Name extends 'windowUar' | 'noiseUar' | 'telephoneUar'>(
  name: Name,
  seeds: readonly Pick<SeedScores, Name>[],
): string {
  const uars = seeds.flatMap((seed) => seed[name] ?? []);
  return uars.length === seeds.length ? formatSpread(measureSpread(uars), formatPercent) : '';
}

export function formatDuration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
