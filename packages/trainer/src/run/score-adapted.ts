import { applyLabelBias, fitLabelBias } from '@ser/runtime/core';
import { speakerKey } from '../datasets/clip.ts';
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import type { RunSummary } from '../report/run-summary.ts';
import { toLabelled } from './score-sides.ts';

/**
 * What a model of the protocol `cross-corpus` gives once it is adapted to the other corpus as `ser
 * adapt` does: the test clips of each half of the speakers at the label bias that fits what the model
 * says of the other half's clips. No label of the corpus is looked at, and no clip that is scored.
 * Undefined for the other protocols, and where the test side has one speaker.
 */
export function scoreAdapted({
  protocol,
  predictions,
  labels,
}: Pick<RunSummary, 'protocol' | 'predictions' | 'labels'>): Evaluation | undefined {
  if (protocol.name !== 'cross-corpus') return undefined;
  const test = predictions.filter(({ split }) => split === 'test');
  const speakers = [...new Set(test.map(speakerKey))].sort();
  if (speakers.length < 2) return undefined;
  const isFirstHalf = (clip: (typeof test)[number]) => speakers.indexOf(speakerKey(clip)) % 2 === 0;
  const biases = [true, false].map((half) =>
    fitLabelBias(
      test.filter((clip) => isFirstHalf(clip) === half).map(({ probabilities }) => probabilities),
    ),
  );
  const { truth, probabilities } = toLabelled(test, labels);
  return evaluatePredictions({
    ...{ truth, labels, speakers: test.map(speakerKey) },
    probabilities: probabilities.map((row, at) => [
      ...applyLabelBias(row, biases[isFirstHalf(test[at]!) ? 1 : 0]!),
    ]),
  });
}
