import type { FeatureMatrix } from '@ser/dsp-wasm';

/** The frames of several matrices, one after the other. */
export function joinFrames(matrices: readonly FeatureMatrix[]): FeatureMatrix {
  const { features } = matrices[0]!;
  const frames = matrices.reduce((sum, matrix) => sum + matrix.frames, 0);
  const data = new Float32Array(frames * features);
  let at = 0;
  for (const matrix of matrices) {
    data.set(matrix.data, at);
    at += matrix.data.length;
  }
  return { data, frames, features };
}

/** Frames `start` … `end - 1` of a matrix, which share its memory. */
export function sliceFrames(
  { data, features }: FeatureMatrix,
  { start, end }: { start: number; end: number },
): FeatureMatrix {
  return { data: data.subarray(start * features, end * features), frames: end - start, features };
}
