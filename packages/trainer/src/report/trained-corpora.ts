import type { RunSummary, TrainedCorpus } from './run-summary.ts';

/** What a run was trained on, from its first weights on. */
export function listTrainedCorpora(summary: RunSummary): TrainedCorpus[] {
  const training = summary.predictions.filter(({ split }) => split === 'train');
  const own = summary.corpora.map(({ name, licence, synthetic }) => {
    const clips = training.filter(({ corpus }) => corpus === name);
    const speakers = new Set(clips.map(({ speaker }) => speaker)).size;
    return { name, clips: clips.length, speakers, licence, synthetic };
  });
  const names = new Set(own.map(({ name }) => name));
  const earlier = summary.initialRun?.corpora.filter(({ name }) => !names.has(name)) ?? [];
  return [...own, ...earlier];
}
