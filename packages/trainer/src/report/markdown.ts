import type { Interval } from '../evaluate/bootstrap.ts';
import { type ChannelName, channelNames } from '../features/channel.ts';
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

const channelColumns: Record<ChannelName, string> = {
  noise: 'UAR in noise',
  telephone: 'UAR by telephone',
};

/** Names of the columns that {@link formatOtherUars} fills. */
export const otherUarColumns = [
  'UAR of windows',
  ...channelNames.map((name) => channelColumns[name]),
];

/**
 * The UAR of windows and that through each channel over the seeds, a column each; nothing where
 * results lack it.
 */
export function formatOtherUars(
  seeds: readonly Pick<SeedScores, 'windowUar' | 'channelUars'>[],
): string[] {
  const columns = [
    seeds.map(({ windowUar }) => windowUar),
    ...channelNames.map((name) => seeds.map(({ channelUars }) => channelUars?.[name])),
  ];
  return columns.map((uars) => {
    const measured = uars.filter((uar) => uar !== undefined);
    return measured.length === uars.length
      ? formatSpread(measureSpread(measured), formatPercent)
      : '';
  });
}

export function formatDuration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
