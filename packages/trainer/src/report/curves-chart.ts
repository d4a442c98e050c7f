import type { EpochLog } from '../fit/fit-model.ts';
import type { Palette } from './palette.ts';
import type { Chart } from './render-chart.ts';
import type { RunSummary } from './run-summary.ts';

type Curve = { name: string; colour: string; value: (epoch: EpochLog) => number | null };

/** Loss on the left, accuracy and UAR on the right, by epoch; a line marks the epoch that was kept. */
export function describeCurves(
  { history, bestEpoch }: Pick<RunSummary, 'history' | 'bestEpoch'>,
  palette: Palette,
): Chart {
  const panels: { title: string; left: string; curves: Curve[]; top?: number }[] = [
    {
      title: 'Loss (nats)',
      left: '6%',
      curves: [
        { name: 'train', colour: palette.first, value: ({ trainLoss }) => trainLoss },
        {
          name: 'validation',
          colour: palette.second,
          value: ({ validationLoss }) => validationLoss,
        },
      ],
    },
    {
      title: 'Accuracy',
      left: '56%',
      top: 1,
      curves: [
        { name: 'train', colour: palette.first, value: ({ trainAccuracy }) => trainAccuracy },
        {
          name: 'validation',
          colour: palette.second,
          value: ({ validationAccuracy }) => validationAccuracy,
        },
        {
          name: 'validation UAR',
          colour: palette.third,
          value: ({ validationUar }) => validationUar,
        },
      ],
    },
  ];
  // Without a validation side there is no curve of it.
  const isDrawn = ({ value }: Curve) => history.some((epoch) => value(epoch) !== null);
  for (const panel of panels) panel.curves = panel.curves.filter(isDrawn);
  const names = panels.flatMap(({ curves }) => curves.map(({ name }) => name));
  const lastEpoch = history.at(-1)?.epoch ?? 1;
  const axisText = { color: palette.muted, fontSize: 12 };
  return {
    option: {
      backgroundColor: palette.surface,
      title: panels.map(({ title, left }) => ({
        text: title,
        left,
        top: 8,
        padding: 0,
        textStyle: { color: palette.text, fontSize: 14, fontWeight: 600 },
      })),
      legend: {
        data: [...new Set(names)],
        right: '2%',
        top: 6,
        itemGap: 30,
        itemWidth: 18,
        itemHeight: 2,
        icon: 'rect',
        textStyle: { color: palette.text, fontSize: 12 },
      },
      grid: panels.map(({ left }) => ({ left, width: '41%', top: 56, bottom: 48 })),
      xAxis: panels.map((_, gridIndex) => ({
        gridIndex,
        type: 'value',
        min: Math.min(1, lastEpoch),
        max: Math.max(2, lastEpoch),
        minInterval: 1,
        name: 'epoch',
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: axisText,
        axisLabel: { ...axisText, hideOverlap: true },
        axisLine: { lineStyle: { color: palette.muted } },
        axisTick: { show: false },
        splitLine: { show: false },
      })),
      yAxis: panels.map(({ top }, gridIndex) => ({
        gridIndex,
        type: 'value',
        min: 0,
        ...(top !== undefined && { max: top }),
        axisLabel: axisText,
        splitLine: { lineStyle: { color: palette.grid } },
      })),
      series: panels.flatMap(({ curves }, panel) =>
        curves.map(({ name, colour, value }, at) => ({
          type: 'line',
          name,
          xAxisIndex: panel,
          yAxisIndex: panel,
          data: history.map((epoch) => [epoch.epoch, value(epoch)]),
          showSymbol: history.length === 1,
          silent: true,
          lineStyle: { color: colour, width: 2 },
          itemStyle: { color: colour },
          ...(at === 0 && { markLine: markEpoch(bestEpoch, palette) }),
        })),
      ),
    },
    size: { width: 960, height: 336 },
  };
}

function markEpoch(epoch: number, palette: Palette): object {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: palette.muted, type: 'dashed', width: 1 },
    label: { formatter: `kept: ${epoch}`, color: palette.muted, fontSize: 11 },
    data: [{ xAxis: epoch }],
  };
}
