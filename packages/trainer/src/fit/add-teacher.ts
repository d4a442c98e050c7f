import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Example } from './example.ts';
import { predictProbabilities } from './predict-probabilities.ts';

/**
 * Returns the examples with what a teacher says of each clip and of each of its copies, for a
 * student to learn from (Hinton et al. 2015, with the teacher's probabilities as they are).
 */
export function addTeacher(teacher: LayersModel, examples: readonly Example[]): Example[] {
  const versions = examples.map(({ matrix, copies = [] }) => [matrix, ...copies]);
  const probabilities = predictProbabilities(teacher, versions.flat());
  let start = 0;
  return examples.map((example, at) => {
    const end = start + versions[at]!.length;
    const taught = probabilities.slice(start, end);
    start = end;
    return { ...example, taught };
  });
}
