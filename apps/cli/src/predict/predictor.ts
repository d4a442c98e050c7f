import type { Segment } from '@ser/runtime';
import type { ClipSource } from './clip-source.ts';
import type { Outcome } from './outcome.ts';

/** What judges clips: a model on this machine, or a server. */
export interface Predictor {
  /** The labels that it tells apart. */
  labels: readonly string[];
  /**
   * Judges clips, some at a time, and yields their outcomes in the clips' order, as they are made.
   *
   * @throws SerError `ABORTED` after the signal.
   */
  predict(sources: readonly ClipSource[], signal: AbortSignal): AsyncIterable<Outcome>;
  /** Finds who speaks when in a recording, and with which emotion. */
  segments(source: ClipSource, signal: AbortSignal): AsyncIterable<Segment>;
  close(): Promise<void>;
}
