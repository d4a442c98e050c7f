import type { FeatureMatrix } from '@ser/dsp-wasm';
import { type Clip, clipKey } from '../datasets/clip.ts';
import { extractCopies } from '../features/extract-clips.ts';
import type { Representation } from '../features/representation.ts';
import type { Example } from '../fit/example.ts';
import { groupBy } from '../group-by.ts';
import type { Split } from '../protocols/split.ts';
import type { Recipe } from '../recipes/recipe.ts';

/** What examples are made from. */
export interface ExampleSource {
  split: Split;
  /** The run's labels. */
  labels: readonly string[];
  /** Features of every clip of the split. */
  matrices: ReadonlyMap<Clip, FeatureMatrix>;
  representation: Representation;
  recipe: Recipe;
  /** Called while training clips are augmented. */
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Makes the examples of a training: clips of the training side with their augmented copies and the
 * labels that their corpus has, and clips of the validation side as they are. The test side is not
 * looked at.
 */
export async function createExamples({
  split,
  labels,
  matrices,
  representation,
  recipe,
  onProgress,
  signal,
}: ExampleSource): Promise<{ train: Example[]; validation: Example[] }> {
  const { augmentation, training } = recipe;
  const copies = augmentation
    ? await extractCopies(split.train, {
        representation,
        augmentation,
        onProgress: (done) => onProgress(done, split.train.length),
        signal,
      })
    : null;
  const knownLabels = listKnownLabels(split.train, labels);
  const toExample = (clip: Clip): Example => ({
    matrix: matrices.get(clip)!,
    label: labels.indexOf(clip.label),
    name: clipKey(clip),
  });
  const train = split.train.map((clip, at): Example => {
    const known = knownLabels.get(clip.corpus)!;
    return {
      ...toExample(clip),
      corpus: clip.corpus,
      speaker: clip.speaker,
      ...(copies && { copies: copies[at]! }),
      ...(training.absentLabels === 'open' &&
        known.length < labels.length && { knownLabels: known }),
    };
  });
  return { train, validation: split.validation.map(toExample) };
}

/** The indices of the labels that each corpus has among the training clips. */
function listKnownLabels(
  clips: readonly Clip[],
  labels: readonly string[],
): Map<string, readonly number[]> {
  const known = new Map<string, readonly number[]>();
  for (const [corpus, members] of groupBy(clips, (clip) => clip.corpus)) {
    const present = new Set(members.map(({ label }) => label));
    known.set(
      corpus,
      [...labels.keys()].filter((at) => present.has(labels[at]!)),
    );
  }
  return known;
}
