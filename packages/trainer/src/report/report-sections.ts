import { isAbsolute, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Html, html } from './html.ts';
import type { ClipPrediction, RunSummary } from './run-summary.ts';
import { sides } from './run-summary.ts';
import type { GroupScore } from './speaker-scores.ts';

/** A share as a percentage with one decimal. */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Settings, corpora, split and environment, as tables. */
export function renderSettings(summary: RunSummary): Html {
  const { recipe, corpora, protocol, environment } = summary;
  const rows: [string, Html | string][] = [
    ['Recipe', recipe.name],
    ['Protocol', formatProtocol(protocol)],
    ['Clips', sides.map((side) => `${protocol.sizes[side]} ${side}`).join(', ')],
    ['Labels', summary.labels.join(', ')],
    ['Kept epoch', `${summary.bestEpoch} of ${summary.history.length}`],
    ['Temperature', formatTemperature(summary)],
    ...Object.entries(environment),
  ];
  return html`
    <div class="wide"><table>
      <tr><th>Corpus</th><th class="number">Clips</th><th class="number">Speakers</th><th>Licence</th></tr>
      ${corpora.map(
        ({ name, clips, speakers, licence, synthetic }) =>
          html`<tr><td>${name}${synthetic && ' (synthetic)'}</td><td class="number">${clips}</td><td class="number">${speakers}</td><td>${licence}</td></tr>`,
      )}
    </table></div>
    <div class="wide" style="margin-top: 20px"><table>
      ${rows.map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}
    </table></div>
    <details><summary>Recipe settings</summary><pre>${JSON.stringify(recipe.settings, null, 2)}</pre></details>`;
}

function formatTemperature(summary: RunSummary): string {
  const { temperature, windowTemperature, foldCalibration } = summary;
  if (temperature === null) return 'none';
  const windows = windowTemperature ? `; of windows ${windowTemperature.toFixed(3)}` : '';
  const value = `${temperature.toFixed(3)}${windows}`;
  if (!foldCalibration) return `${value}, fitted to the validation side`;
  const { folds, speakers, evaluation } = foldCalibration;
  return `${value}, fitted to ${evaluation.n} clips of ${speakers.length} speakers in ${folds} folds (calibration error ${evaluation.ece.toFixed(3)}, each fold at the temperature of the others)`;
}

/** What the protocol, its seed and its fold say together. */
export function formatProtocol({ name, seed, fold }: RunSummary['protocol']): string {
  return `${name}${fold === null ? '' : `, fold ${fold}`}, seed ${seed}`;
}

/** Scores by speaker or by corpus. */
export function renderGroupScores(scores: readonly GroupScore[]): Html {
  const bySpeaker = scores.some(({ speaker }) => speaker !== null);
  return html`<div class="wide"><table class="rows">
    <tr><th>Corpus</th>${bySpeaker && html`<th>Speaker</th>`}<th class="number">Clips</th><th class="number">UAR</th><th class="number">Accuracy</th><th>Hardest label</th></tr>
    ${scores.map(
      ({ corpus, speaker, clips, uar, accuracy, hardest }) => html`<tr>
        <td>${corpus}</td>${bySpeaker && html`<td>${speaker}</td>`}
        <td class="number">${clips}</td><td class="number">${formatPercent(uar)}</td>
        <td class="number">${formatPercent(accuracy)}</td>
        <td>${hardest.label} <span class="muted">recall ${formatPercent(hardest.recall)}</span></td></tr>`,
    )}
  </table></div>`;
}

/** The wrong predictions of which the model was surest, with links to the clips. */
export function renderMistakes(
  predictions: readonly ClipPrediction[],
  directory: string,
  count = 20,
): Html {
  const wrong = predictions
    .filter(({ truth, predicted }) => truth !== predicted)
    .sort((a, b) => b.confidence - a.confidence);
  if (wrong.length === 0) return html`<p>No clip was mistaken.</p>`;
  return html`
    <p class="muted">${wrong.length} of ${predictions.length} clips were mistaken; shown are the ${Math.min(count, wrong.length)} of which the model was surest.</p>
    <div class="wide"><table class="rows">
      <tr><th>Listen</th><th>True</th><th>Predicted</th><th class="number">Confidence</th><th>Speaker</th><th>Clip</th></tr>
      ${wrong.slice(0, count).map((mistake) => {
        const link = toLink(directory, mistake.path);
        return html`<tr>
          <td><audio controls preload="none" src="${link}"></audio></td>
          <td>${mistake.truth}</td><td>${mistake.predicted}</td>
          <td class="number">${formatPercent(mistake.confidence)}</td>
          <td>${mistake.speaker}</td><td><a href="${link}">${mistake.corpus}/${mistake.clipId}</a></td></tr>`;
      })}
    </table></div>`;
}

/** The files that were left out, with the reasons. */
export function renderSkipped(skipped: RunSummary['skipped']): Html {
  return html`<h2>Left out</h2>
    <p class="muted">${skipped.length} ${skipped.length === 1 ? 'file takes' : 'files take'} no part.</p>
    <div class="wide"><table>
      <tr><th>File</th><th>Reason</th></tr>
      ${skipped.map(({ path, reason }) => html`<tr><td>${path}</td><td>${reason}</td></tr>`)}
    </table></div>`;
}

/** A link from the report to a clip: relative where one drive holds both, so that both can move. */
function toLink(directory: string, path: string): string {
  const relativePath = relative(directory, path);
  if (isAbsolute(relativePath)) return pathToFileURL(path).href;
  return relativePath.split(sep).map(encodeURIComponent).join('/');
}
