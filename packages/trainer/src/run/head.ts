import type { FeatureMatrix } from '@ser/dsp-wasm';
import type { RecipeEncoder } from '../features/recipe-encoder.ts';
import type { Example } from '../fit/example.ts';
import type { FitResult } from '../fit/fit-model.ts';
import type { Split } from '../protocols/split.ts';
import type { InitialRun } from '../report/run-summary.ts';
import type { RunSettings } from './run-folder.ts';
import type { TrainEvent } from './train.ts';

/** What a head is fitted to. */
export interface HeadInput {
  directory: string;
  settings: RunSettings;
  labels: readonly string[];
  split: Split;
  train: readonly Example[];
  validation: readonly Example[];
  encoder: RecipeEncoder | null;
  /** Frames of a second of their matrices; null where a clip has one row. */
  frameRateHz: number | null;
  onEvent: (event: TrainEvent) => void;
  signal: AbortSignal | undefined;
}

/** A head that is fitted, and what that took. */
export interface FittedHead extends FitResult {
  /** Time of what came before the first epoch. */
  preparationSec: number;
  initialRun: InitialRun | undefined;
  /** Versions of what it was fitted with, by name. */
  environment: Record<string, string>;
  /** Probabilities of the labels, one array a matrix, in their order. */
  predict(matrices: readonly FeatureMatrix[]): Float32Array[];
  /**
   * The same for clips of one speaker, relative to other clips of the same; absent where the model
   * cannot be told who speaks.
   */
  predictRelative?(
    matrices: readonly FeatureMatrix[],
    others: readonly FeatureMatrix[],
  ): Float32Array[];
  dispose(): void;
}
