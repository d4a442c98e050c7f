import { expect, it } from 'vitest';
import { rescale } from '../../src/run/score-sides.ts';
import { summariseFolds } from '../../src/run/summarise-folds.ts';
import { makeSampleRun } from '../report/sample-run.ts';

/** Two folds whose models are `sureness` times as sure of themselves as the sample is. */
function makeFolds(sureness: number, temperature: number | null) {
  return ['ravdess', 'crema-d'].map((corpus, fold) => {
    const run = { ...makeSampleRun('ravdess', 10), temperature };
    const own = run.predictions.map((prediction) => ({ ...prediction, corpus }));
    const summary = { ...run, predictions: rescale(own, run.labels, 1 / sureness) };
    return { seed: 0, fold, directory: `fold-${fold}`, tested: [corpus], summary };
  });
}

it('calibrates folds that nobody validated by each other', () => {
  const [modest, sure] = [1, 4].map((sureness) => summariseFolds(makeFolds(sureness, null)));
  expect(sure!.overSeeds.ece.mean).toBeCloseTo(modest!.overSeeds.ece.mean, 6);
  expect(sure!.overRuns.ece.mean).toBeCloseTo(modest!.overRuns.ece.mean, 6);
  expect(sure!.overSeeds.uar).toEqual(modest!.overSeeds.uar);

  const validated = summariseFolds(makeFolds(4, 1));
  expect(validated.overSeeds.ece.mean).toBeGreaterThan(sure!.overSeeds.ece.mean + 0.03);
  expect(validated.overSeeds.uar).toEqual(sure!.overSeeds.uar);
});

it('leaves a fold without others at what its model gives', () => {
  const [raw, validated] = [null, 1].map((temperature) =>
    summariseFolds(makeFolds(4, temperature).slice(0, 1)),
  );
  expect(raw).toEqual(validated);
});
