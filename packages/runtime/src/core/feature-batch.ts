import { type FeatureMatrix, SerError } from '@ser/dsp-wasm';
import type { FeatureBatch } from './inference.ts';
import type { FrontEndConfig } from './manifest.ts';

/** What bounds the memory of one run of a model. */
export interface BatchLimits {
  /** Matrices of one run. */
  mostMatrices: number;
  /** Frames of one run, padding included, where it has several matrices. */
  mostFrames: number;
}

/** Puts matrices into one, each padded with zeros to the longest. */
export function padBatch(
  matrices: readonly FeatureMatrix[],
  input: FrontEndConfig['kind'],
): FeatureBatch {
  const { features } = matrices[0]!;
  const frames = Math.max(...matrices.map((matrix) => matrix.frames));
  const values = new Float32Array(matrices.length * frames * features);
  matrices.forEach(({ data }, index) => {
    values.set(data, index * frames * features);
  });
  const lengths = Int32Array.from(matrices, (matrix) => matrix.frames);
  const shape = [matrices.length, frames, ...(input === 'waveform' ? [] : [features])];
  return { input, values, shape, lengths };
}

/**
 * Sorts matrices by length into groups that waste little padding and bound the memory of one run.
 *
 * @returns the matrices' indices, group by group.
 */
export function groupByLength(
  matrices: readonly FeatureMatrix[],
  { mostMatrices, mostFrames }: BatchLimits,
): number[][] {
  const order = matrices.map((_, index) => index);
  order.sort((a, b) => matrices[a]!.frames - matrices[b]!.frames || a - b);
  const groups: number[][] = [];
  for (const index of order) {
    const group = groups.at(-1);
    const isFull =
      !group ||
      group.length === mostMatrices ||
      (group.length + 1) * matrices[index]!.frames > mostFrames;
    if (isFull) groups.push([index]);
    else group.push(index);
  }
  return groups;
}

/**
 * Throws unless a matrix has the model's columns and its data.
 *
 * @throws SerError `INVALID_ARGUMENT`.
 */
export function checkMatrix(matrix: FeatureMatrix, index: number, featureCount: number): void {
  const { data, frames, features } = matrix;
  if (features !== featureCount) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `matrices[${index}] has ${features} features; the model takes ${featureCount}.`,
    );
  }
  if (!Number.isInteger(frames) || frames < 1 || data.length !== frames * features) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `matrices[${index}] has ${data.length} values for ${frames} frames of ${features} features.`,
    );
  }
}
