import { formatClassificationReport } from '../evaluate/classification-report.ts';
import type { Evaluation } from '../evaluate/evaluate-predictions.ts';
import { renderConfusion } from './confusion-chart.ts';
import { renderCurves } from './curves-chart.ts';
import { Html, html } from './html.ts';
import { pagePalette } from './palette.ts';
import { renderReliability } from './reliability-chart.ts';
import {
  formatPercent,
  formatProtocol,
  renderGroupScores,
  renderMistakes,
  renderSettings,
} from './report-sections.ts';
import { reportStyle } from './report-style.ts';
import { type RunSummary, type Side, sides } from './run-summary.ts';
import { scoreCorpora, scoreSpeakers } from './speaker-scores.ts';

/**
 * The report of a run as one HTML page that needs nothing beside it; only the links to mistaken
 * clips lead out, relative to `directory`, where the page will lie.
 */
export async function renderReportPage(summary: RunSummary, directory: string): Promise<string> {
  const scored = sides.filter((side) => summary.evaluations[side]);
  const main = scored.at(-1);
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
<p class="muted">${summary.createdAt} · ${summary.corpora.map(({ name }) => name).join(' + ')} · ${formatProtocol(summary.protocol)}</p>
${renderWarnings(summary)}
${main !== undefined && renderScores(summary.evaluations[main]!, main)}
${summary.history.length > 0 && html`<h2>Training</h2><div class="wide">${new Html(await renderCurves(summary, pagePalette))}</div>`}
${main !== undefined && (await renderEvaluation(summary.evaluations[main]!, main))}
${predictions.length > 0 && renderPredictions(predictions, main!, directory)}
${renderOtherSides(summary, scored.slice(0, -1))}
<h2>Run</h2>
${renderSettings(summary)}
</body>
</html>
`;
  return page.text;
}

function renderWarnings({ corpora, protocol }: RunSummary): Html {
  const synthetic = corpora.filter((corpus) => corpus.synthetic).map(({ name }) => name);
  return html`${
    synthetic.length > 0 &&
    html`<p class="warning">Synthetic speech (${synthetic.join(', ')}): these scores say nothing about people.</p>`
  }${
    protocol.name === 'random' &&
    html`<p class="warning">In a random split the same speakers are trained on and tested; expect less on new voices.</p>`
  }${
    protocol.name === 'file' &&
    html`<p class="warning">The split is one's own; whether its sides share speakers is not checked.</p>`
  }`;
}

function renderScores(evaluation: Evaluation, side: Side): Html {
  const { uar, uarInterval, accuracy, macro, ece, n } = evaluation;
  const { low, high } = uarInterval;
  const scores: [string, string, string][] = [
    ['UAR', formatPercent(uar), `95 % interval ${formatPercent(low)} to ${formatPercent(high)}`],
    ['Accuracy', formatPercent(accuracy), `${n} ${side} clips`],
    ['Macro F1', formatPercent(macro.f1), 'mean over labels'],
    ['Calibration error', ece.toFixed(3), '15 bins; 0 is best'],
  ];
  return html`<dl class="scores">${scores.map(
    ([name, value, note]) =>
      html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`,
  )}</dl>`;
}

async function renderEvaluation(evaluation: Evaluation, side: Side): Promise<Html> {
  const confusion = await renderConfusion(evaluation, pagePalette);
  const reliability = await renderReliability(evaluation, pagePalette);
  return html`
<h2>Classification report, ${side}</h2>
<pre>${formatClassificationReport(evaluation)}</pre>
<h2>Confusion matrix, ${side}</h2>
<p class="muted">Clips, and their share of the true label's clips.</p>
<div class="wide">${new Html(confusion)}</div>
<h2>Reliability, ${side}</h2>
<p class="muted">How often a prediction of a given confidence was right. On the dashed line the model is as right as it is sure; stronger bars hold more clips.</p>
<div class="wide">${new Html(reliability)}</div>`;
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
