import type { Prediction } from '@ser/runtime/web';
import { element } from './element.ts';
import { strings } from './strings.ts';

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const seconds = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A clip's label, its confidence and a bar for every label, the likeliest first. */
export function createResultView(
  prediction: Prediction,
  file: File,
  playerUrl: string,
): HTMLElement {
  const heading = element('h2', 'visually-hidden', strings.resultHeading);
  const answer = element(
    'p',
    'answer',
    element('strong', 'answer-label', prediction.label),
    element('span', 'answer-confidence', strings.confidence(percent.format(prediction.confidence))),
  );
  const source = element(
    'p',
    'hint source',
    element('span', 'source-name', file.name),
    element('span', '', strings.duration(seconds.format(prediction.durationSec))),
  );
  const player = element('audio', 'player');
  player.controls = true;
  player.src = playerUrl;
  player.setAttribute('aria-label', strings.player);
  const view = element(
    'section',
    'card result',
    heading,
    answer,
    ...createDoubt(prediction),
    createBars(prediction),
    source,
    player,
  );
  view.dataset.prediction = JSON.stringify(prediction);
  return view;
}

/** A plain remark where the prediction is uncertain. */
function createDoubt({ uncertain }: Prediction): HTMLElement[] {
  if (!uncertain) return [];
  const remark = element(
    'p',
    'doubt',
    element('strong', '', strings.uncertain[uncertain.reason]),
    element('span', '', uncertain.message),
  );
  remark.dataset.reason = uncertain.reason;
  return [remark];
}

function createBars({ probabilities, label: best }: Prediction): HTMLElement {
  const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  const list = element('ul', 'bars');
  list.setAttribute('aria-label', strings.probabilities);
  for (const [label, probability] of ranked) {
    const fill = element('span', 'bar-fill');
    fill.style.inlineSize = `${100 * probability}%`;
    const track = element('span', 'bar-track', fill);
    track.ariaHidden = 'true';
    list.append(
      element(
        'li',
        label === best ? 'bar is-best' : 'bar',
        element('span', 'bar-label', label),
        track,
        element('span', 'bar-value', percent.format(probability)),
      ),
    );
  }
  return list;
}

/** Why there is no result. */
export function createFailureView(title: string, message: string): HTMLElement {
  return element(
    'section',
    'card failure',
    element('h2', 'failure-title', title),
    element('p', '', message),
  );
}
