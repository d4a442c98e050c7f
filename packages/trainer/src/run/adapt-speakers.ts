import { createHash } from 'node:crypto';
import { applyLabelBias, fitLabelBias } from '@ser/runtime/core';
import { speakerKey } from '../datasets/clip.ts';
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { groupBy } from '../group-by.ts';
import { isSpeakerIndependent } from '../protocols/split.ts';
import type { ClipPrediction, RunSummary } from '../report/run-summary.ts';
import { decide, toLabelled } from './score-sides.ts';

/**
 * What a model says of clips once it is adapted to each of their speakers as `ser adapt` does: a
 * speaker's clips are divided in two by chance, and each half gets the label bias that fits what the
 * model says of the other. So no clip is scored with a bias that it helped to fit, and no label is
 * looked at, but which labels a corpus has.
 *
 * @param labels the labels of the predictions' probabilities, in their order
 */
export function adaptSpeakers(
  predictions: readonly ClipPrediction[],
  labels: readonly string[],
): ClipPrediction[] {
  const byCorpus = groupBy(predictions, ({ corpus }) => corpus);
  const occurring = new Map(
    [...byCorpus].map(([corpus, clips]) => [corpus, new Set(clips.map(({ truth }) => truth))]),
  );
  return [...groupBy(predictions, speakerKey).values()].flatMap((clips) => {
    const drawn = clips.toSorted((a, b) => (hash(a) < hash(b) ? -1 : 1));
    const middle = Math.ceil(drawn.length / 2);
    const [first, second] = [drawn.slice(0, middle), drawn.slice(middle)];
    const occurs = labels.map((label) => occurring.get(clips[0]!.corpus)!.has(label));
    return [...adaptTo(first, second), ...adaptTo(second, first)];

    function adaptTo(own: ClipPrediction[], others: ClipPrediction[]): ClipPrediction[] {
      if (others.length === 0 || occurs.filter(Boolean).length < 2) return own;
      const bias = fitLabelBias(
        others.map(({ probabilities }) => probabilities),
        occurs,
      );
      return own.map((clip) => ({
        ...clip,
        ...decide([...applyLabelBias(clip.probabilities, bias)], labels),
      }));
    }
  });
}

/**
 * Scores the test side of a run after {@link adaptSpeakers}; undefined where there is none, or its
 * protocol has test speakers in training.
 */
export function scoreAdapted({
  protocol,
  predictions,
  labels,
}: Pick<RunSummary, 'protocol' | 'predictions' | 'labels'>): Evaluation | undefined {
  const test = predictions.filter(({ split }) => split === 'test');
  if (test.length === 0 || !isSpeakerIndependent(protocol.name)) return undefined;
  const adapted = adaptSpeakers(test, labels);
  return evaluatePredictions({
    ...toLabelled(adapted, labels),
    speakers: adapted.map(speakerKey),
  });
}

function hash({ clipId }: ClipPrediction): string {
  return createHash('sha256').update(clipId).digest('hex');
}
