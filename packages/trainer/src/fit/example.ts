import type { FeatureMatrix } from '@ser/dsp-wasm';

/** A clip ready for the model. */
export interface Example {
  matrix: FeatureMatrix;
  /** Index into the run's labels. */
  label: number;
  /** Features of changed copies, for training. */
  copies?: readonly FeatureMatrix[];
  /** What a teacher says: the probabilities of the labels for the clip, then for each copy. */
  taught?: readonly Float32Array[];
  /** What the clip belongs to, for balanced sampling and for windows. */
  corpus?: string;
  /** Who speaks, for windows. */
  speaker?: string;
  /** The labels of the clip's corpus, where the loss looks at no others. Absent: all. */
  knownLabels?: readonly number[];
  /** What the clip is called in messages. */
  name?: string;
}
