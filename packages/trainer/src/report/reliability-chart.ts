import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import type { Palette } from './palette.ts';
import type { Chart } from './render-chart.ts';

/**
 * The reliability diagram: how often predictions of a confidence were right. On the dashed line a
 * model is as right as it is sure; stronger bars hold more clips.
 */
export function describeReliability(
  { reliability }: Pick<Evaluation, 'reliability'>,
  palette: Palette,
): Chart {
  const most = Math.max(...reliability.map(({ clips }) => clips));
  const axisText = { color: palette.muted, fontSize: 12 };
  const axis = (name: string, nameGap: number) => ({
    type: 'value',
    min: 0,
    max: 1,
    interval: 0.2,
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: axisText,
    axisLabel: axisText,
    splitLine: { lineStyle: { color: palette.grid } },
  });
  return {
    option: {
      backgroundColor: palette.surface,
      grid: { left: 56, right: 20, top: 16, bottom: 48 },
      xAxis: {
        ...axis('confidence', 28),
        axisLine: { lineStyle: { color: palette.muted } },
        splitLine: { show: false },
      },
      yAxis: axis('share right', 36),
      series: [
        {
          type: 'custom',
          silent: true,
          data: reliability.map(({ low }) => [low, 0]),
          renderItem: (
            params: { dataIndex: number },
            api: { coord: (at: number[]) => number[] },
          ) => {
            const { low, high, accuracy, clips } = reliability[params.dataIndex]!;
            const [left, top] = api.coord([low, accuracy ?? 0]) as [number, number];
            const [right, bottom] = api.coord([high, 0]) as [number, number];
            return {
              type: 'rect',
              shape: { x: left + 1, y: top, width: right - left - 2, height: bottom - top },
              style: { fill: palette.first, opacity: 0.3 + 0.7 * (clips / most) },
            };
          },
        },
        {
          type: 'line',
          silent: true,
          showSymbol: false,
          lineStyle: { color: palette.muted, type: 'dashed', width: 1.5 },
          data: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
    },
    size: { width: 460, height: 400 },
  };
}
