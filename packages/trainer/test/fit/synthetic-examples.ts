import type { Example } from '../../src/fit/example.ts';
import { createRandom } from '../../src/random.ts';

/** Examples whose label is the column that is raised; lengths differ. */
export function createExamples(count: number, seed: number, classes = 3): Example[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const frames = 5 + random.integer(12);
    const label = index % classes;
    const data = new Float32Array(frames * classes);
    for (let at = 0; at < data.length; at++) {
      data[at] = random.normal() + (at % classes === label ? 1 : 0);
    }
    return { matrix: { data, frames, features: classes }, label };
  });
}
