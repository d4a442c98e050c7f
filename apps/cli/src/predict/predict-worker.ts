import { type Classifier, createClassifier } from '@ser/runtime';
import type { ClipSource } from './clip-source.ts';
import { type Outcome, predictSources } from './outcome.ts';

/** Clips for a worker thread to predict. */
export interface PredictTask {
  model: string;
  sources: ClipSource[];
  /** Whether they are all of one person. */
  oneSpeaker: boolean;
  /** Whether those in which nobody speaks have no label. */
  speechCheck: boolean;
  /** Labels to answer among. */
  labels: readonly string[];
}

let classifier: Promise<Classifier> | undefined;

/** Predicts some clips with a model that this thread loads once. */
export async function predictChunk({
  model,
  sources,
  ...options
}: PredictTask): Promise<Outcome[]> {
  classifier ??= createClassifier(model);
  return predictSources(await classifier, sources, options);
}
