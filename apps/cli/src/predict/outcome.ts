import type { BatchOptions, BatchOutcome, Classifier, Prediction } from '@ser/runtime';
import { type ClipSource, toAudio } from './clip-source.ts';

/** One clip's result as `ser predict` prints it: what the model says, or why there is nothing. */
export type Outcome =
  | ({ file: string } & Omit<Prediction, 'durationSec'>)
  | { file: string; error: { code: string; message: string } };

/**
 * Predicts clips with a loaded model, in their order; a clip that fails costs no other its result.
 */
export async function predictSources(
  classifier: Classifier,
  sources: readonly ClipSource[],
  options: Pick<BatchOptions, 'labels' | 'oneSpeaker' | 'speechCheck'>,
): Promise<Outcome[]> {
  const outcomes = await classifier.predictBatch(sources.map(toAudio), options);
  return outcomes.map((outcome, index) => toOutcome(sources[index]!, outcome));
}

function toOutcome(source: ClipSource, outcome: BatchOutcome): Outcome {
  const file = source.name;
  if (outcome.ok) {
    const { label, confidence, probabilities, uncertain } = outcome.prediction;
    return { file, label, confidence, probabilities, uncertain };
  }
  const { code, message } = outcome.error;
  return { file, error: { code, message: 'path' in source ? message : `${file}: ${message}` } };
}
