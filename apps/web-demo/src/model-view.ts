import type { Manifest } from '@ser/runtime/web';
import { element } from './element.ts';
import { strings } from './strings.ts';

const count = new Intl.NumberFormat('en');
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** What the model file says of itself. */
export function createModelView({ name, training, scores }: Manifest): HTMLElement {
  const corpora = training.corpora.map((corpus) =>
    strings.corpus(
      corpus.name,
      count.format(corpus.clips),
      count.format(corpus.speakers),
      corpus.licence,
    ),
  );
  const measured = scores.map(({ uar, protocol, split }) =>
    strings.score(percent.format(uar), protocol, split),
  );
  const trained = training.synthetic ? [strings.syntheticTraining] : corpora;
  return element(
    'details',
    'card model',
    element('summary', '', strings.modelHeading),
    element(
      'dl',
      'facts',
      ...createFact(strings.modelName, [name]),
      ...createFact(strings.modelTraining, trained.length > 0 ? trained : [strings.noCorpora]),
      ...createFact(strings.modelScores, measured.length > 0 ? measured : [strings.noScores]),
    ),
  );
}

function createFact(term: string, values: readonly string[]): HTMLElement[] {
  return [element('dt', '', term), ...values.map((value) => element('dd', '', value))];
}
