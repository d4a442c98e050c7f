import type { DownloadSize } from './sizes.ts';
import type { VariantLoss } from './variants.ts';

/** What results/runtime.json holds, as far as the page shows it. */
export interface RuntimeResults {
  machine: { processor: string };
  /** What the model file calls itself. */
  model: string;
  chromium: string;
  milliseconds: Record<'warm' | 'cold', Record<'ours' | 'peer', { p50: number; p99: number }>> & {
    chromium: { p50: number; p99: number };
  };
  figures: { measure: string; goal: string; value: number }[];
  all: { clips: number };
  losses: VariantLoss[];
  sizes: DownloadSize[];
}

type ToTable = (header: readonly string[], rows: readonly (readonly unknown[])[]) => string;

/** The page's part on the runtime, in Markdown. */
export function describeRuntime(results: RuntimeResults, toTable: ToTable): string[] {
  const { milliseconds, figures, losses, sizes } = results;
  const row = (what: string, { p50, p99 }: { p50: number; p99: number }) => [
    what,
    p50.toFixed(1),
    p99.toFixed(1),
  ];
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  return [
    '## The runtime',
    `Measured with ${results.model}, on ${results.machine.processor}. Python is librosa and onnxruntime with the same model, in turn with this project; the browser is Chromium ${results.chromium}.`,
    toTable(
      ['measured', 'goal', 'value'],
      figures.map(({ measure, goal, value }) => [measure, goal, Number(value.toPrecision(3))]),
    ),
    toTable(
      ['milliseconds', 'median', '99th percentile'],
      [
        row('clip to label, Node', milliseconds.warm.ours),
        row('clip to label, Python', milliseconds.warm.peer),
        row('clip to label, Chromium', milliseconds.chromium),
        row('process start to first label, Node', milliseconds.cold.ours),
        row('process start to first label, Python', milliseconds.cold.peer),
      ],
    ),
    '## Smaller models',
    `\`ser export-onnx --precision\`: what the weights lose against float32, over ${results.all.clips} clips of RAVDESS, most of which the model was trained on.`,
    toTable(
      ['weights', 'kB', 'largest difference of a probability', 'same label', 'UAR'],
      losses.map(({ precision, bytes, mostDifference, agreement, uar }) => [
        precision,
        kilobytes(bytes),
        mostDifference.toFixed(5),
        `${(100 * agreement).toFixed(2)} %`,
        uar.toFixed(4),
      ]),
    ),
    '## What a page downloads',
    toTable(
      ['file', 'kB', 'gzip, kB', 'brotli, kB'],
      sizes.map(({ what, raw, gzip, brotli }) => [
        what,
        kilobytes(raw),
        kilobytes(gzip),
        kilobytes(brotli),
      ]),
    ),
    '`pnpm --filter @ser/bench runtime --data <RAVDESS> --python <python>`',
  ];
}
