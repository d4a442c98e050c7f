import { createHash } from 'node:crypto';
import { applyLabelBias, fitLabelBias } from '@ser/runtime/core';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { type Evaluation, evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { groupBy } from '../group-by.ts';
import { isSpeakerIndependent } from '../protocols/split.ts';
import type { ClipPrediction, RunSummary } from '../report/run-summary.ts';
import { decide, toClipPrediction, toLabelled } from './score-sides.ts';
import type { FinishedRun } from './summarise-run.ts';

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
    const occurs = labels.map((label) => occurring.get(clips[0]!.corpus)!.has(label));
    return adaptHalves(clips, ({ clipId }) => clipId, adaptTo);

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
 * What a model that can be told who speaks says of test clips relative to their speakers, as `ser
 * adapt` makes it: a speaker's clips are divided in two by chance, and each half is judged by what the
 * other tells of the voice. No label is looked at. Undefined for a model that cannot, for clips that are judged at
 * several speeds, and where the protocol has test speakers in training.
 */
export function adaptVoices({
  settings: { recipe },
  split,
  labels,
  matrices,
  head,
}: FinishedRun): ClipPrediction[] | undefined {
  const isJudgedOnce = recipe.speeds.length === 1 && recipe.speeds[0] === 1;
  if (!head.predictRelative || !isJudgedOnce) return undefined;
  if (split.test.length === 0 || !isSpeakerIndependent(split.protocol)) return undefined;
  const take = (clips: readonly Clip[]) => clips.map((clip) => matrices.get(clip)!);
  return [...groupBy(split.test, speakerKey).values()].flatMap((clips) =>
    adaptHalves(
      clips,
      ({ id }) => id,
      (own, others) => {
        const rows =
          others.length > 0
            ? head.predictRelative!(take(own), take(others))
            : head.predict(take(own));
        return own.map((clip, at) =>
          toClipPrediction(clip, 'test', decide([...rows[at]!], labels)),
        );
      },
    ),
  );
}

/**
 * The test clips of a run as adaptation to their speakers gives them: by their voices where the model
 * can be told of them, else {@link adaptSpeakers}.
 */
export function adaptTested({
  predictions,
  labels,
  adapted,
}: Pick<RunSummary, 'predictions' | 'labels' | 'adapted'>): ClipPrediction[] {
  const test = predictions.filter(({ split }) => split === 'test');
  return adapted ?? adaptSpeakers(test, labels);
}

/** Divides clips of one speaker in two by chance, and adapts each half to the other. */
function adaptHalves<Item, Result>(
  clips: readonly Item[],
  name: (clip: Item) => string,
  adapt: (own: Item[], others: Item[]) => Result[],
): Result[] {
  const drawn = clips
    .map((clip) => ({ clip, order: hash(name(clip)) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ clip }) => clip);
  const middle = Math.ceil(drawn.length / 2);
  const [first, second] = [drawn.slice(0, middle), drawn.slice(middle)];
  return [...adapt(first, second), ...adapt(second, first)];
}

/**
 * Scores the test side of a run after {@link adaptTested}; undefined where there is none, or its
 * protocol has test speakers in training.
 */
export function scoreAdapted({
  protocol,
  ...summary
}: Pick<RunSummary, 'protocol' | 'predictions' | 'labels' | 'adapted'>): Evaluation | undefined {
  const { predictions, labels } = summary;
  const isTested = predictions.some(({ split }) => split === 'test');
  if (!isTested || !isSpeakerIndependent(protocol.name)) return undefined;
  const adapted = adaptTested(summary);
  return evaluatePredictions({
    ...toLabelled(adapted, labels),
    speakers: adapted.map(speakerKey),
  });
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
