import type { Interval } from '../evaluate/bootstrap.ts';
import { formatClassificationReport } from '../evaluate/classification-report.ts';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { type ChartName, describeCharts, findMainSide } from './charts.ts';
import { Html, html } from './html.ts';
import { pagePalette } from './palette.ts';
import { type Chart, renderSvg } from './render-chart.ts';
import {
  formatPercent,
  formatProtocol,
  renderGroupScores,
  renderMistakes,
  renderSettings,
  renderSkipped,
} from './report-sections.ts';
import { reportStyle } from './report-style.ts';
import { type RunSummary, type Side, sides } from './run-summary.ts';
import { countTestSpeakers, scoreCorpora, scoreSpeakers } from './speaker-scores.ts';

/**
 * The report of a run as one HTML page that needs nothing beside it; only the links to mistaken
 * clips lead out, relative to `directory`, where the page will lie.
 */
export async function renderReportPage(summary: RunSummary, directory: string): Promise<string> {
  const scored = sides.filter((side) => summary.evaluations[side]);
  const main = findMainSide(summary);
  const charts = await renderCharts(describeCharts(summary, pagePalette));
  const predictions = summary.predictions.filter(({ split }) => split === main);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${summary.name}</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<h1>${summary.name}</h1>
<p class="muted">${formatTime(summary.createdAt)} · ${summary.corpora.map(({ name }) => name).join(' + ')} · ${formatProtocol(summary.protocol)}</p>
${renderWarnings(summary)}
${main !== undefined && renderScores(summary.evaluations[main]!, main)}
${charts.curves && html`<h2>Training</h2>${charts.curves}`}
${main !== undefined && renderEvaluation(summary.evaluations[main]!, main, charts)}
${predictions.length > 0 && renderPredictions(predictions, main!, directory)}
${renderOtherSides(summary, scored.slice(0, -1))}
${summary.skipped.length > 0 && renderSkipped(summary.skipped)}
<h2>Run</h2>
${renderSettings(summary)}
</body>
</html>
`;
  return page.text;
}

function renderWarnings({ corpora, protocol, predictions, foldCalibration }: RunSummary): Html {
  const { all, heard } = countTestSpeakers(predictions);
  const synthetic = corpora.filter((corpus) => corpus.synthetic).map(({ name }) => name);
  return html`${
    synthetic.length > 0 &&
    html`<p class="warning">Synthetic speech (${synthetic.join(', ')}): these scores say nothing about people.</p>`
  }${
    protocol.name === 'random' &&
    html`<p class="warning">In a random split the same speakers are trained on and tested; expect less on new voices.</p>`
  }${
    protocol.name === 'all' &&
    html`<p class="warning">Every clip was trained on, and none is left to test: these are scores of clips that the model knows. ${describeFolds(foldCalibration)}</p>`
  }${
    protocol.name === 'file' &&
    heard > 0 &&
    html`<p class="warning">${heard} of the ${all} test speakers are in training too; expect less on new voices.</p>`
  }`;
}

function describeFolds(folds: RunSummary['foldCalibration']): string {
  if (!folds) return 'What to expect on others a cross-validation of the recipe says.';
  const { name, evaluation, speakers } = folds;
  return `On speakers that they did not hear, models of the same recipe have a UAR of ${formatPercent(evaluation.uar)} and a calibration error of ${evaluation.ece.toFixed(3)} (${name}, ${evaluation.n} clips of ${speakers.length} speakers).`;
}

function renderScores(evaluation: Evaluation, side: Side): Html {
  const { uar, uarInterval, uarSpeakerInterval, accuracy, macro, ece, n } = evaluation;
  const intervals = [uarInterval, uarSpeakerInterval].filter((interval) => interval !== null);
  const scores: [string, string, string | Html][] = [
    ['UAR', formatPercent(uar), html`${intervals.map(renderInterval)}`],
    ['Accuracy', formatPercent(accuracy), `${n} ${side} clips`],
    ['Macro F1', formatPercent(macro.f1), 'mean over labels'],
    ['Calibration error', ece.toFixed(3), '15 bins; 0 is best'],
  ];
  return html`<dl class="scores">${scores.map(
    ([name, value, note]) =>
      html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`,
  )}</dl>`;
}

/** An interval with what was drawn for it: other clips of these speakers, or other speakers. */
function renderInterval({ low, high, over }: Interval): Html {
  return html`<span>${formatPercent(low)} to ${formatPercent(high)}, 95 % over ${over}</span><br>`;
}

/** To the minute, as `2026-01-02 03:04 UTC`. */
function formatTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

type Figures = Partial<Record<ChartName, Html>>;

/** The charts as they stand in the page, with links to their files beside it. */
async function renderCharts(charts: Partial<Record<ChartName, Chart>>): Promise<Figures> {
  const figures: Figures = {};
  for (const name of Object.keys(charts) as ChartName[]) {
    const svg = await renderSvg(charts[name]!);
    figures[name] = html`<div class="wide">${new Html(svg)}</div>
<p class="files"><a href="${name}.svg">${name}.svg</a> <a href="${name}.png">${name}.png</a></p>`;
  }
  return figures;
}

function renderEvaluation(evaluation: Evaluation, side: Side, charts: Figures): Html {
  return html`
<h2>Classification report, ${side}</h2>
<pre>${formatClassificationReport(evaluation)}</pre>
<h2>Confusion matrix, ${side}</h2>
<p class="muted">Clips, and their share of the true label's clips.</p>
${charts.confusion}
<h2>Reliability, ${side}</h2>
<p class="muted">How often a prediction of a given confidence was right. On the dashed line the model is as right as it is sure; stronger bars hold more clips.</p>
${charts.reliability}`;
}

function renderPredictions(
  predictions: RunSummary['predictions'],
  side: Side,
  directory: string,
): Html {
  const corpora = scoreCorpora(predictions);
  return html`
${corpora.length > 1 && html`<h2>Corpora, ${side}</h2>${renderGroupScores(corpora)}`}
<h2>Speakers, ${side}</h2>
${renderGroupScores(scoreSpeakers(predictions))}
<h2>Worst mistakes, ${side}</h2>
${renderMistakes(predictions, directory)}`;
}

function renderOtherSides(summary: RunSummary, others: readonly Side[]): Html {
  return html`${others.map((side) => {
    const report = formatClassificationReport(summary.evaluations[side]!);
    return html`<details><summary>Classification report, ${side}</summary><pre>${report}</pre></details>`;
  })}`;
}
