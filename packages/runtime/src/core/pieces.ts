import type { FeatureMatrix } from '@ser/dsp-wasm';

/** How matrices that are too long for a model are cut. */
export interface PieceLimits {
  /** Frames of the longest piece. */
  mostFrames: number;
  /** Frames at the end of a matrix that the graph leaves out: those of the zeros behind a clip. */
  padFrames: number;
}

/** A part of a matrix. */
export interface Piece {
  matrix: FeatureMatrix;
  /** Its frames that count. */
  weight: number;
}

/**
 * Cuts a matrix into as few pieces as the limit allows, all of about one length. The frames that
 * count follow each other without gap or overlap: since the graph leaves out the last of every piece
 * but not of the clip, a piece reaches over the next by as many.
 */
export function cutPieces(matrix: FeatureMatrix, { mostFrames, padFrames }: PieceLimits): Piece[] {
  const { data, frames, features } = matrix;
  const counted = Math.max(1, frames - padFrames);
  if (frames <= mostFrames) return [{ matrix, weight: counted }];
  const pieces = Math.ceil(counted / (mostFrames - padFrames));
  return Array.from({ length: pieces }, (_, index) => {
    const start = Math.round((index * counted) / pieces);
    const next = Math.round(((index + 1) * counted) / pieces);
    const end = next + padFrames;
    return {
      matrix: {
        data: data.subarray(start * features, end * features),
        frames: end - start,
        features,
      },
      weight: next - start,
    };
  });
}

/** The mean of rows by weight; of a single row, itself. */
export function averageByWeight(
  rows: readonly Float32Array[],
  weights: readonly number[],
): Float32Array {
  if (rows.length === 1) return rows[0]!;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(
    rows[0]!,
    (_, place) => rows.reduce((sum, row, at) => sum + row[place]! * weights[at]!, 0) / total,
  );
}
