import { expect, it } from 'vitest';
import type { ClipPrediction, RunSummary } from '../../src/report/run-summary.ts';
import { scoreAdapted } from '../../src/run/score-adapted.ts';

const labels = ['calm', 'angry'];
const protocol: RunSummary['protocol'] = {
  ...{ name: 'cross-corpus', seed: 0, fold: 1 },
  sizes: { train: 0, validation: 0, test: 40 },
};

/** Twenty clips of a speaker; `shares` is what the model gives calm for calm and for angry clips. */
function makeClips(speaker: string, shares: [number, number]): ClipPrediction[] {
  return Array.from({ length: 20 }, (_, clip) => {
    const share = shares[clip % 2]!;
    return {
      ...{ clipId: `${speaker}${clip}`, path: '', corpus: 'other', speaker, split: 'test' },
      ...{ truth: labels[clip % 2]!, predicted: '', confidence: 0 },
      probabilities: [share, 1 - share],
    };
  });
}

it('scores the clips of each half of the speakers with the bias of the other half', () => {
  // On Anna the model hears calm too often, on Bert it does not.
  const predictions = [...makeClips('anna', [0.8, 0.6]), ...makeClips('bert', [0.9, 0.1])];
  const { confusion } = scoreAdapted({ protocol, labels, predictions })!;
  // A bias from her own clips would have put Anna right; Bert's clips stand the one from hers.
  expect(confusion).toEqual([
    [20, 0],
    [10, 10],
  ]);
});

it('is raised by a bias that all speakers of the corpus share', () => {
  const predictions = ['anna', 'bert'].flatMap((speaker) => makeClips(speaker, [0.8, 0.6]));
  expect(scoreAdapted({ protocol, labels, predictions })!.uar).toBe(1);
});

it('is of cross-corpus runs with at least two test speakers', () => {
  const predictions = makeClips('anna', [0.8, 0.6]);
  expect(scoreAdapted({ protocol, labels, predictions })).toBeUndefined();
  const both = [...predictions, ...makeClips('bert', [0.8, 0.6])];
  const known = { ...protocol, name: 'speaker-kfold' as const };
  expect(scoreAdapted({ protocol: known, labels, predictions: both })).toBeUndefined();
});
