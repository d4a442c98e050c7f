import type { Comparison } from './compare-cross-validations.ts';
import { formatPoints } from './markdown.ts';
import type { Palette } from './palette.ts';
import type { Chart } from './render-chart.ts';

/** A line of the chart: the title of an experiment, or a variant of it. */
type Row = { title: string } | { comparison: Comparison };

const rowHeight = 26;
const valuesWidth = 190;
const top = 44;
const bottom = 16;

/**
 * A forest plot: for each experiment its variants, best first, each with its difference in UAR to
 * the baseline, in points, and the 95 % interval. Right of the line at 0 a variant is better.
 */
export function describeForest(
  experiments: readonly { title: string; comparisons: readonly Comparison[] }[],
  palette: Palette,
): Chart {
  const rows = experiments.flatMap(({ title, comparisons }): Row[] => [
    { title },
    ...[...comparisons]
      .sort((a, b) => b.difference - a.difference)
      .map((comparison) => ({ comparison })),
  ]);
  const names = rows.map((row) => ('title' in row ? row.title : row.comparison.variant.name));
  const left = 32 + 7.2 * Math.min(46, Math.max(...names.map((name) => name.length)));
  const { low, high, step } = findRange(experiments.flatMap(({ comparisons }) => comparisons));
  const height = rows.length * rowHeight;
  const label = { fontSize: 12, width: left - 20, overflow: 'truncate' };
  return {
    option: {
      backgroundColor: palette.surface,
      grid: { left, right: valuesWidth, top, height },
      xAxis: {
        type: 'value',
        position: 'top',
        min: low,
        max: high,
        interval: step,
        name: 'difference in UAR to the baseline, points',
        nameLocation: 'middle',
        nameGap: 24,
        nameTextStyle: { color: palette.muted, fontSize: 12 },
        axisLabel: {
          color: palette.muted,
          fontSize: 12,
          formatter: (value: number) => `${value}`.replace('-', '−'),
        },
        splitLine: { lineStyle: { color: palette.grid } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names.map((_, at) => `${at}`),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          interval: 0,
          formatter: (_: string, at: number) =>
            'title' in rows[at]! ? `{title|${names[at]}}` : `{variant|${names[at]}}`,
          rich: {
            title: { ...label, color: palette.text, fontWeight: 600, align: 'left' },
            variant: { ...label, color: palette.text, align: 'right' },
          },
        },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          data: rows.map((_, at) => [0, at]),
          renderItem: (params: { dataIndex: number }, api: RowApi) =>
            drawRow(rows[params.dataIndex]!, params.dataIndex, { api, right: high, palette }),
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: palette.muted, type: 'solid', width: 1 },
            data: [{ xAxis: 0 }],
          },
        },
      ],
    },
    size: { width: left + 420 + valuesWidth, height: top + height + bottom },
  };
}

/** What ECharts gives to draw a row with. */
interface RowApi {
  coord: (at: number[]) => number[];
  font: (options: { fontSize: number }) => string;
}

function drawRow(
  row: Row,
  at: number,
  { api, right, palette }: { api: RowApi; right: number; palette: Palette },
): object {
  if ('title' in row) return { type: 'group', children: [] };
  const { difference, interval } = row.comparison;
  const place = (share: number) => api.coord([100 * share, at]) as [number, number];
  const [x, y] = place(difference);
  const bounds = interval ? [place(interval.low)[0], place(interval.high)[0]] : [];
  const isClear = interval !== null && interval.low * interval.high > 0;
  const colour = isClear ? palette.first : palette.muted;
  const text = interval
    ? `${formatPoints(difference)}  (${formatPoints(interval.low)} to ${formatPoints(interval.high)})`
    : formatPoints(difference);
  const stroke = { stroke: colour, lineWidth: 2 };
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: stroke,
  });
  return {
    type: 'group',
    children: [
      ...(bounds.length > 0 ? [line(bounds[0]!, y, bounds[1]!, y)] : []),
      ...bounds.map((end) => line(end, y - 4, end, y + 4)),
      { type: 'circle', shape: { cx: x, cy: y, r: 4.5 }, style: { fill: colour } },
      {
        type: 'text',
        style: {
          text,
          x: api.coord([right, at])[0]! + 14,
          y,
          fill: palette.text,
          font: api.font({ fontSize: 12 }),
          textVerticalAlign: 'middle',
        },
      },
    ],
  };
}

/** The ends of the axis, whole steps that hold 0 and every interval, in points. */
function findRange(comparisons: readonly Comparison[]): {
  low: number;
  high: number;
  step: number;
} {
  const ends = comparisons.flatMap(({ difference, interval }) =>
    [difference, interval?.low ?? 0, interval?.high ?? 0].map((share) => 100 * share),
  );
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const step = [1, 2, 5, 10, 20].find((each) => most - least <= 8 * each) ?? 50;
  return {
    low: step * Math.floor(least / step),
    high: step * Math.ceil(most / step) || step,
    step,
  };
}
