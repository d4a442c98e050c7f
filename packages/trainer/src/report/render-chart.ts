import type { EChartsCoreOption } from 'echarts/core';

/** A chart's size in CSS pixels. */
export interface ChartSize {
  width: number;
  height: number;
}

/** Unquoted on purpose: the names stand in a quoted attribute of the SVG. */
export const chartFont = 'system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif';

/**
 * Draws a chart as SVG text by Apache ECharts, without a browser. ECharts is loaded on the first
 * call, since it takes a second.
 */
export async function renderChart(option: EChartsCoreOption, size: ChartSize): Promise<string> {
  const echarts = await loadEcharts();
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: chartFont },
      ...option,
    });
    return tidy(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

let loading: Promise<typeof import('echarts/core')> | null = null;

function loadEcharts(): Promise<typeof import('echarts/core')> {
  loading ??= (async () => {
    const [core, charts, components, renderers] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ]);
    core.use([
      charts.BarChart,
      charts.CustomChart,
      charts.LineChart,
      components.GridComponent,
      components.LegendComponent,
      components.MarkLineComponent,
      components.TitleComponent,
      renderers.SVGRenderer,
    ]);
    return core;
  })();
  return loading;
}

/** Takes out ECharts' hover rules and hooks, which nothing uses in a still picture. */
function tidy(svg: string): string {
  return svg
    .replace(/<style\s*>[\s\S]*?<\/style>\s*/g, '')
    .replace(/ class="zr[^"]*"/g, '')
    .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
    .replace(/ pointer-events="[^"]*"/g, '');
}
