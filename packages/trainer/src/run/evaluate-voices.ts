import type { Classifier, LabelChoice } from '@ser/runtime';
import { measureProfile } from '@ser/runtime/core';
import { average } from '../average.ts';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { evaluatePredictions } from '../evaluate/evaluate-predictions.ts';
import { groupBy } from '../group-by.ts';
import { createRandom } from '../random.ts';

/** How a model does that knows some clips of each speaker, without their labels. */
export interface VoiceScores {
  /** Clips that are known of each speaker, which are left out of the scores. */
  clips: number;
  /** Clips that are scored, of all draws. */
  n: number;
  uar: number;
  accuracy: number;
  ece: number;
}

/** Clips as the encoder has them, and among which labels they are judged. */
interface EmbeddedClips extends LabelChoice {
  clips: readonly Clip[];
  embeddings: readonly Float32Array[];
}

/** How often the clips that are known are drawn anew. */
const draws = 4;

/**
 * Scores a model on clips relative to their speakers, of whom so many others are known: drawn by
 * chance, four times, from all clips of the speaker. Speakers with no more clips than that are left
 * out.
 *
 * @param counts numbers of known clips; 0: nothing is known
 * @returns means over the draws, one for each count
 */
export async function evaluateVoices(
  classifier: Classifier,
  { clips, embeddings, labels, restrict }: EmbeddedClips,
  counts: readonly number[],
): Promise<VoiceScores[]> {
  const speakers = [...groupBy([...clips.keys()], (at) => speakerKey(clips[at]!))];
  const scoreDraw = async (count: number, draw: number) => {
    const truth: number[] = [];
    const probabilities: Float32Array[] = [];
    for (const [speaker, places] of speakers) {
      if (places.length <= count) continue;
      const drawn = createRandom(draw).fork(speaker).shuffle(places);
      const known = drawn.slice(0, count).map((place) => embeddings[place]!);
      const tested = drawn.slice(count);
      const rows = await classifier.predictEmbeddings(
        tested.map((place) => embeddings[place]!),
        measureProfile(known),
      );
      truth.push(...tested.map((place) => labels.indexOf(clips[place]!.label)));
      probabilities.push(...rows.map(restrict));
    }
    return evaluatePredictions({ truth, probabilities, labels: [...labels] });
  };
  const scores: VoiceScores[] = [];
  for (const count of counts) {
    const found = [];
    for (let draw = 0; draw < (count === 0 ? 1 : draws); draw++) {
      found.push(await scoreDraw(count, draw));
    }
    scores.push({
      clips: count,
      n: found.reduce((sum, { n }) => sum + n, 0),
      uar: average(found.map(({ uar }) => uar)),
      accuracy: average(found.map(({ accuracy }) => accuracy)),
      ece: average(found.map(({ ece }) => ece)),
    });
  }
  return scores;
}
