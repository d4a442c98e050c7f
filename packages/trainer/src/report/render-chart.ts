import { createRequire } from 'node:module';
import type { Canvas } from '@napi-rs/canvas';
import type { EChartsCoreOption } from 'echarts/core';

/** What a chart shows, for Apache ECharts, and its size in CSS pixels. */
export interface Chart {
  option: EChartsCoreOption;
  size: { width: number; height: number };
}

/** Unquoted on purpose: the names stand in a quoted attribute of the SVG. */
export const chartFont = 'system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif';

/** The font of pixels comes with the package: the machine may have none. */
const pictureFont = 'Ser Roboto';

/** Pixels of a picture for each CSS pixel. */
const pictureScale = 2;

/**
 * Draws a chart as SVG text by Apache ECharts, without a browser. ECharts is loaded on the first
 * call, since it takes a second.
 */
export async function renderSvg({ option, size }: Chart): Promise<string> {
  const { echarts } = await loadEcharts();
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: chartFont }, ...option });
    return tidy(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Draws a chart as PNG, two pixels for each of its own, the same on every machine. */
export async function renderPng({ option, size }: Chart): Promise<Uint8Array> {
  const { echarts, createCanvas } = await loadEcharts();
  const canvas = createCanvas(size.width * pictureScale, size.height * pictureScale);
  // A canvas of Skia, which draws what a page's own would.
  const chart = echarts.init(canvas as never, null, {
    renderer: 'canvas',
    devicePixelRatio: pictureScale,
    ...size,
  });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: pictureFont }, ...option });
    return await canvas.encode('png');
  } finally {
    chart.dispose();
  }
}

interface Drawing {
  echarts: typeof import('echarts/core');
  createCanvas: (width: number, height: number) => Canvas;
}

let loading: Promise<Drawing> | null = null;

function loadEcharts(): Promise<Drawing> {
  loading ??= (async () => {
    const [echarts, charts, components, renderers, { createCanvas, GlobalFonts }] =
      await Promise.all([
        import('echarts/core'),
        import('echarts/charts'),
        import('echarts/components'),
        import('echarts/renderers'),
        import('@napi-rs/canvas'),
      ]);
    echarts.use([
      charts.BarChart,
      charts.CustomChart,
      charts.LineChart,
      components.GridComponent,
      components.LegendComponent,
      components.MarkLineComponent,
      components.TitleComponent,
      renderers.CanvasRenderer,
      renderers.SVGRenderer,
    ]);
    const { resolve } = createRequire(import.meta.url);
    for (const weight of ['Regular', 'Bold']) {
      const file = resolve(`roboto-fontface/fonts/roboto/Roboto-${weight}.woff2`);
      GlobalFonts.registerFromPath(file, pictureFont);
    }
    // Texts are measured on it.
    echarts.setPlatformAPI({
      createCanvas: () => createCanvas(1, 1) as never,
    });
    return { echarts, createCanvas };
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
