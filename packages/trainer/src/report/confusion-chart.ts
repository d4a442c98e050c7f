import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import type { Palette } from './palette.ts';
import type { Chart } from './render-chart.ts';

const cellSize = 68;

/** The confusion matrix: in each cell the count and, below it, its share of the true label's clips. */
export function describeConfusion(
  { labels, confusion, classes }: Pick<Evaluation, 'labels' | 'confusion' | 'classes'>,
  palette: Palette,
): Chart {
  const longest = Math.max(...labels.map((label) => label.length));
  const nameWidth = Math.min(180, 8 * longest);
  const rotates = 7.2 * longest > cellSize;
  const top = 40 + (rotates ? nameWidth * Math.SQRT1_2 : 16);
  const left = 56 + nameWidth;
  const side = cellSize * labels.length;
  const cells = confusion.flatMap((row, truth) =>
    row.map((count, predicted) => ({ truth, predicted, count, support: classes[truth]!.support })),
  );
  const axis = (name: string, nameGap: number, rotate: number) => ({
    type: 'category',
    data: [...labels],
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { color: palette.muted, fontSize: 12 },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      color: palette.text,
      fontSize: 12,
      interval: 0,
      overflow: 'truncate',
      width: nameWidth,
      rotate,
    },
  });
  return {
    option: {
      backgroundColor: palette.surface,
      grid: { left, top, width: side, height: side },
      xAxis: { ...axis('predicted', top - 16, rotates ? -45 : 0), position: 'top' },
      yAxis: { ...axis('true', left - 14, 0), inverse: true },
      series: [
        {
          type: 'custom',
          silent: true,
          data: cells.map(({ truth, predicted }) => [predicted, truth]),
          renderItem: (params: { dataIndex: number }, api: CellApi) => {
            const cell = cells[params.dataIndex]!;
            const [x, y] = api.coord([cell.predicted, cell.truth]) as [number, number];
            return drawCell([x, y], cell, palette, api);
          },
        },
      ],
    },
    size: { width: left + side + (rotates ? nameWidth * Math.SQRT1_2 : 8), height: top + side + 8 },
  };
}

/** What ECharts gives to draw a cell with. */
interface CellApi {
  coord: (at: number[]) => number[];
  font: (options: { fontSize: number }) => string;
}

function drawCell(
  [x, y]: [number, number],
  { count, support }: { count: number; support: number },
  palette: Palette,
  api: CellApi,
): object {
  const share = support === 0 ? 0 : count / support;
  const fill = share > 0.5 ? palette.onFirst : palette.text;
  const text = (content: string, offset: number, fontSize: number, opacity: number) => ({
    type: 'text',
    style: {
      text: content,
      x,
      y: y + offset,
      fill,
      opacity,
      font: api.font({ fontSize }),
      textAlign: 'center',
      textVerticalAlign: 'middle',
    },
  });
  const half = cellSize / 2 - 1;
  const shape = { x: x - half, y: y - half, width: 2 * half, height: 2 * half, r: 3 };
  const children: object[] = [
    { type: 'rect', shape, style: { fill: palette.grid, opacity: 0.35 } },
    { type: 'rect', shape, style: { fill: palette.first, opacity: share } },
  ];
  if (count > 0) {
    children.push(text(`${count}`, -8, 15, 1), text(`${Math.round(100 * share)} %`, 11, 11, 0.85));
  } else {
    children.push({ ...text('0', 0, 12, 0.45) });
  }
  return { type: 'group', children };
}
