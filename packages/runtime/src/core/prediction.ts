import type { SerError } from '@ser/dsp-wasm';
import type { Uncertainty } from './uncertainty.ts';

/** What the model makes of a stretch of audio. */
export interface Judgement {
  /** The label with the highest probability. */
  label: string;
  /** Its probability, 0 … 1. */
  confidence: number;
  /** Probability of every label; they add up to 1. */
  probabilities: Record<string, number>;
}

/** What the model makes of one clip. */
export interface Prediction {
  /** The label with the highest probability, or null where nobody speaks in the clip. */
  label: string | null;
  /** Its probability, 0 … 1; 0 where there is none. */
  confidence: number;
  /** Probability of every label; they add up to 1. Without speech they mean nothing. */
  probabilities: Record<string, number>;
  /** Why not to rely on the label, or why there is none; or null. */
  uncertain: Uncertainty | null;
  /** Length of the clip as decoded. */
  durationSec: number;
}

/** One clip's part of a batch: its prediction, or why there is none. */
export type BatchOutcome = { ok: true; prediction: Prediction } | { ok: false; error: SerError };

/** Names a row of probabilities; `best` is the place of the label to answer with. */
export function toJudgement(
  labels: readonly string[],
  row: Float32Array | Float64Array,
  best = findLargest(row),
): Judgement {
  return {
    label: labels[best]!,
    confidence: row[best]!,
    probabilities: Object.fromEntries(labels.map((label, index) => [label, row[index]!])),
  };
}

/** Place of the largest value, of several the first. */
export function findLargest(row: Float32Array | Float64Array): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[best]!) best = index;
  return best;
}
