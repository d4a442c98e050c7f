/** Index of the first value that differs, -1 if both arrays are the same; quick on long arrays. */
export function findDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  return actual.findIndex((value, i) => !Object.is(value, expected[i]));
}
