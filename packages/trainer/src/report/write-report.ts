import { join } from 'node:path';
import { writeFileAtomic } from '../atomic-file.ts';
import { renderConfusion } from './confusion-chart.ts';
import { renderCurves } from './curves-chart.ts';
import { lightPalette } from './palette.ts';
import { formatPredictionsCsv } from './predictions-csv.ts';
import { renderReportPage } from './report-page.ts';
import { type RunSummary, sides } from './run-summary.ts';

/** The names of the files that `writeReport` writes. */
export const reportFiles = {
  page: 'report.html',
  curves: 'curves.svg',
  confusion: 'confusion.svg',
  predictions: 'predictions.csv',
  summary: 'run.json',
} as const;

/**
 * Writes a run's report into a folder: `report.html` (one file, opens offline), `curves.svg`,
 * `confusion.svg` (of the test side, else validation, else train), `predictions.csv`, and last
 * `run.json`, the summary itself, so that where it stands the others stand too. A file that the run
 * has nothing for is not written. Each file appears whole or not at all.
 *
 * @throws SerError FILE_UNWRITABLE where the folder cannot be written
 */
export async function writeReport(directory: string, summary: RunSummary): Promise<void> {
  const write = (name: string, content: string) => writeFileAtomic(join(directory, name), content);
  const { evaluations, history, predictions } = summary;
  const evaluation = sides.map((side) => evaluations[side]).findLast((each) => each !== undefined);

  if (history.length > 0) {
    await write(reportFiles.curves, await renderCurves(summary, lightPalette));
  }
  if (evaluation) {
    await write(reportFiles.confusion, await renderConfusion(evaluation, lightPalette));
  }
  if (predictions.length > 0) {
    await write(reportFiles.predictions, formatPredictionsCsv(predictions));
  }
  await write(reportFiles.page, await renderReportPage(summary, directory));
  await write(reportFiles.summary, `${JSON.stringify(summary, null, 2)}\n`);
}
