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

/** A matrix in two, which share its memory: at least one frame, and the last `padFrames`. */
export function splitPadding(
  matrix: FeatureMatrix,
  padFrames: number,
): { own: FeatureMatrix; padding: FeatureMatrix } {
  const { frames } = matrix;
  const end = Math.max(1, frames - padFrames);
  return {
    own: sliceFrames(matrix, { start: 0, end }),
    padding: sliceFrames(matrix, { start: end, end: frames }),
  };
}

/** The frames of several matrices that end with padding, of which that of the last is kept alone. */
export function joinPadded(matrices: readonly FeatureMatrix[], padFrames: number): FeatureMatrix {
  const last = matrices.length - 1;
  return joinFrames(
    matrices.map((matrix, at) => (at === last ? matrix : splitPadding(matrix, padFrames).own)),
  );
}
