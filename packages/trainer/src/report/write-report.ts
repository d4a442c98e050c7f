import { join } from 'node:path';
import { writeFileAtomic } from '../atomic-file.ts';
import { describeCharts } from './charts.ts';
import { lightPalette } from './palette.ts';
import { formatPredictionsCsv } from './predictions-csv.ts';
import { renderPng, renderSvg } from './render-chart.ts';
import { renderReportPage } from './report-page.ts';
import type { RunSummary } from './run-summary.ts';

/** The names of the files that `writeReport` writes, besides the charts. */
export const reportFiles = {
  page: 'report.html',
  predictions: 'predictions.csv',
  summary: 'run.json',
} as const;

/**
 * Writes a run's report into a folder: `report.html` (one file, opens offline), `curves`, `confusion`
 * and `reliability` as `.svg` and `.png` (the latter two of the test side, else the folds that
 * calibrated it, else validation, else train), `predictions.csv`, and last `run.json`, the summary itself,
 * so that where it stands the others stand too. A file that the run has nothing for is not written.
 * Each file appears whole or not at all.
 *
 * @throws SerError FILE_UNWRITABLE where the folder cannot be written
 */
export async function writeReport(directory: string, summary: RunSummary): Promise<void> {
  const write = (name: string, content: string | Uint8Array) =>
    writeFileAtomic(join(directory, name), content);
  for (const [name, chart] of Object.entries(describeCharts(summary, lightPalette))) {
    await write(`${name}.svg`, await renderSvg(chart));
    await write(`${name}.png`, await renderPng(chart));
  }
  if (summary.predictions.length > 0) {
    await write(reportFiles.predictions, formatPredictionsCsv(summary.predictions, summary.labels));
  }
  await write(reportFiles.page, await renderReportPage(summary, directory));
  await write(reportFiles.summary, `${JSON.stringify(summary, null, 2)}\n`);
}
