import type { TrainingSettings } from '../recipes/recipe.ts';
import type { Example } from './example.ts';

/** What the loss compares a clip's output with. */
export interface Target {
  /** A weight of each label; together the clip's weight in the loss, 1 on average. */
  weights: Float32Array;
  /** The labels that the loss looks at; undefined: all. */
  knownLabels: readonly number[] | undefined;
}

/** Settings of {@link createTarget}. */
export interface TargetOptions {
  classes: number;
  /** Share of a clip's weight that is spread evenly over the labels that its corpus has. */
  labelSmoothing: number;
  /** A factor for the clips of each label. */
  classWeights: readonly number[];
  /** Share of the target that a taught clip has from its teacher. Default 0. */
  teacherShare?: number;
}

/** The smoothed, weighted target of one clip. */
export function createTarget(
  { label, knownLabels, taught }: Example,
  { classes, labelSmoothing, classWeights, teacherShare = 0 }: TargetOptions,
): Target {
  const weights = new Float32Array(classes);
  const known = knownLabels ?? [...weights.keys()];
  const fromTeacher = taught ? teacherShare : 0;
  for (const other of known) weights[other] = ((1 - fromTeacher) * labelSmoothing) / known.length;
  weights[label]! += (1 - fromTeacher) * (1 - labelSmoothing);
  if (taught) {
    const said = taught[0]!;
    // The teacher may name labels that the clip's corpus lacks.
    const sum = known.reduce((total, other) => total + said[other]!, 0);
    for (const other of known) weights[other]! += (fromTeacher * said[other]!) / sum;
  }
  return { weights: weights.map((weight) => weight * classWeights[label]!), knownLabels };
}

/**
 * The factor of each label in the loss. `balanced`: clips / (labels * clips of the label), as
 * scikit-learn's `class_weight`, so that every label counts the same; a label without clips gets 1.
 */
export function weighClasses(
  examples: readonly Example[],
  classes: number,
  kind: TrainingSettings['classWeights'],
): number[] {
  const counts: number[] = new Array(classes).fill(0);
  for (const { label } of examples) counts[label]!++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) =>
    kind === 'balanced' && count > 0 ? examples.length / (present * count) : 1,
  );
}
