import { compareText, sortLabels } from '../datasets/emotions.ts';
import { groupBy } from '../group-by.ts';
import type { ClipPrediction } from '../report/run-summary.ts';

/** How many clips of each label each speaker has, and how many of them were told right. */
export interface SpeakerCounts {
  labels: string[];
  speakers: {
    /** `corpus/speaker` */
    name: string;
    /** Clips told right, in the order of `labels`. */
    hits: number[];
    /** All clips, in the order of `labels`. */
    clips: number[];
  }[];
}

/** Counts predictions by speaker and true label: all that a UAR over any set of speakers needs. */
export function countSpeakers(predictions: readonly ClipPrediction[]): SpeakerCounts {
  const labels = sortLabels(predictions.map(({ truth }) => truth));
  const groups = groupBy(predictions, ({ corpus, speaker }) => `${corpus}/${speaker}`);
  const speakers = [...groups].map(([name, own]) => {
    const count = (clips: readonly ClipPrediction[]) =>
      labels.map((label) => clips.filter(({ truth }) => truth === label).length);
    const right = own.filter(({ truth, predicted }) => truth === predicted);
    return { name, hits: count(right), clips: count(own) };
  });
  return { labels, speakers: speakers.sort((a, b) => compareText(a.name, b.name)) };
}
