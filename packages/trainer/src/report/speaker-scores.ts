import { compareText, sortLabels } from '../datasets/emotions.ts';
import { groupBy } from '../group-by.ts';
import type { ClipPrediction, Side } from './run-summary.ts';

/** How one speaker, or one corpus, was recognised. */
export interface GroupScore {
  corpus: string;
  /** Null for a whole corpus. */
  speaker: string | null;
  clips: number;
  accuracy: number;
  /** Mean recall of the labels that the group has. */
  uar: number;
  /** The true label with the lowest recall; of equal ones the first. */
  hardest: { label: string; recall: number };
}

/** How many speakers the test side has, and how many of them training or validation heard too. */
export function countTestSpeakers(predictions: readonly ClipPrediction[]): {
  all: number;
  heard: number;
} {
  const listSpeakers = (...sides: Side[]): Set<string> => {
    const own = predictions.filter(({ split }) => sides.includes(split));
    return new Set(own.map(({ corpus, speaker }) => `${corpus}/${speaker}`));
  };
  const heard = listSpeakers('train', 'validation');
  const tested = [...listSpeakers('test')];
  return { all: tested.length, heard: tested.filter((speaker) => heard.has(speaker)).length };
}

/** Scores each speaker, worst UAR first. */
export function scoreSpeakers(predictions: readonly ClipPrediction[]): GroupScore[] {
  const groups = groupBy(predictions, ({ corpus, speaker }) => `${corpus}/${speaker}`);
  return [...groups.values()]
    .map((group) => scoreGroup(group, group[0]!.speaker))
    .sort(
      (a, b) =>
        a.uar - b.uar || compareText(`${a.corpus}/${a.speaker}`, `${b.corpus}/${b.speaker}`),
    );
}

/** Scores each corpus, in order of first appearance. */
export function scoreCorpora(predictions: readonly ClipPrediction[]): GroupScore[] {
  return [...groupBy(predictions, ({ corpus }) => corpus).values()].map((group) =>
    scoreGroup(group, null),
  );
}

function scoreGroup(group: readonly ClipPrediction[], speaker: string | null): GroupScore {
  const isRight = ({ truth, predicted }: ClipPrediction) => truth === predicted;
  const byLabel = groupBy(group, ({ truth }) => truth);
  const recalls = sortLabels(byLabel.keys()).map((label) => {
    const clips = byLabel.get(label)!;
    return { label, recall: clips.filter(isRight).length / clips.length };
  });
  return {
    corpus: group[0]!.corpus,
    speaker,
    clips: group.length,
    accuracy: group.filter(isRight).length / group.length,
    uar: recalls.reduce((sum, { recall }) => sum + recall, 0) / recalls.length,
    hardest: recalls.reduce((worst, each) => (each.recall < worst.recall ? each : worst)),
  };
}
