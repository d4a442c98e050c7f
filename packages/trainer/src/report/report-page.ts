import type { Interval } from '../evaluate/bootstrap.ts';
import { formatClassificationReport } from '../evaluate/classification-report.ts';
import { scoreAdapted } from '../run/adapt-speakers.ts';
import { type ChartName, describeCharts } from './charts.ts';
import { Html, html } from './html.ts';
import { findMainScores, type MainScores, scoreGroups } from './main-scores.ts';
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
import { type RunSummary, sides } from './run-summary.ts';
import { countTestSpeakers } from './speaker-scores.ts';

/**
 * The report of a run as one HTML page that needs nothing beside it; only the links to mistaken
 * clips lead out, relative to `directory`, where the page will lie.
 */
export async function renderReportPage(summary: RunSummary, directory: string): Promise<string> {
  const main = findMainScores(summary);
  const charts = await renderCharts(describeCharts(summary, pagePalette));
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
${main && renderScores(main)}
${charts.curves && html`<h2>Training</h2>${charts.curves}`}
${main && renderEvaluation(main, charts)}
${renderAdapted(summary)}
${main && renderGroups(summary, main.of, directory)}
${renderOtherSides(summary, main?.of)}
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
    html`<p class="warning">Every clip was trained on, and none is left to test: ${describeFolds(foldCalibration)}</p>`
  }${
    protocol.name === 'file' &&
    heard > 0 &&
    html`<p class="warning">${heard} of the ${all} test speakers are in training too; expect less on new voices.</p>`
  }`;
}

function describeFolds(folds: RunSummary['foldCalibration']): string {
  if (!folds) return 'these are scores of clips that the model knows.';
  const { name, speakers } = folds;
  return `these are scores of models of the same recipe, on ${speakers.length} speakers that they did not hear (${name}).`;
}

function renderScores({ of, evaluation }: MainScores): Html {
  const { uar, uarInterval, uarSpeakerInterval, accuracy, macro, ece, n } = evaluation;
  const intervals = [uarInterval, uarSpeakerInterval].filter((interval) => interval !== null);
  const scores: [string, string, string | Html][] = [
    ['UAR', formatPercent(uar), html`${intervals.map(renderInterval)}`],
    ['Accuracy', formatPercent(accuracy), of === 'folds' ? `${n} clips` : `${n} ${of} clips`],
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

function renderEvaluation({ of, evaluation }: MainScores, charts: Figures): Html {
  return html`
<h2>Classification report, ${of}</h2>
<pre>${formatClassificationReport(evaluation)}</pre>
<h2>Confusion matrix, ${of}</h2>
<p class="muted">Clips, and their share of the true label's clips.</p>
${charts.confusion}
<h2>Reliability, ${of}</h2>
<p class="muted">How often a prediction of a given confidence was right. On the dashed line the model is as right as it is sure; stronger bars hold more clips.</p>
${charts.reliability}`;
}

/** Corpora, speakers and, where this model made them, mistakes. */
function renderGroups(summary: RunSummary, of: MainScores['of'], directory: string): Html {
  const own = summary.predictions.filter(({ split }) => split === of);
  const { corpora, speakers } = scoreGroups(summary, of);
  return html`
${corpora.length > 1 && html`<h2>Corpora, ${of}</h2>${renderGroupScores(corpora)}`}
${speakers.length > 0 && html`<h2>Speakers, ${of}</h2>${renderGroupScores(speakers)}`}
${own.length > 0 && html`<h2>Worst mistakes, ${of}</h2>${renderMistakes(own, directory)}`}`;
}

/** What the model gives strangers once `ser adapt` has balanced its labels on their own clips. */
function renderAdapted(summary: RunSummary): Html {
  const adapted = scoreAdapted(summary);
  if (!adapted) return html``;
  return html`
<h2>Adapted to each test speaker</h2>
<p class="muted">UAR ${formatPercent(adapted.uar)}: half of each speaker's clips ${summary.adapted ? 'tell what the voice is like' : 'balance the labels'} for the other half, as <code>ser adapt</code> does, and need no labels for it.</p>
<pre>${formatClassificationReport(adapted)}</pre>`;
}

function renderOtherSides({ evaluations }: RunSummary, main: MainScores['of'] | undefined): Html {
  return html`${sides.map((side) => {
    const evaluation = evaluations[side];
    if (side === main || !evaluation) return '';
    const report = formatClassificationReport(evaluation);
    return html`<details><summary>Classification report, ${side}</summary><pre>${report}</pre></details>`;
  })}`;
}
