import { SerError } from '@ser/dsp-wasm';
import { encodeNpy } from './npy.ts';

/** A matrix with the names of its columns. */
export interface NamedMatrix {
  /** Row-major [frames, names.length]. */
  data: Float32Array;
  frames: number;
  names: readonly string[];
  /** Time of a frame's sample 0 or centre, in seconds. */
  frameTimesSec: readonly number[];
}

/**
 * Encodes a matrix as the file name's ending asks: `.npy` (float32 [frames, features]), `.csv` (a
 * header, then time and features of each frame) or `.json` ({ names, frameTimesSec, frames: [[…]] }).
 *
 * @throws SerError `INVALID_ARGUMENT` for another ending.
 */
export function encodeMatrix(path: string, matrix: NamedMatrix): string | Uint8Array {
  const { data, frames, names, frameTimesSec } = matrix;
  const rows = (): number[][] =>
    Array.from({ length: frames }, (_, frame) => [
      ...data.subarray(frame * names.length, (frame + 1) * names.length),
    ]);
  if (path.endsWith('.npy')) return encodeNpy(data, [frames, names.length]);
  if (path.endsWith('.csv')) {
    const lines = rows().map((row, frame) => [frameTimesSec[frame], ...row].join(','));
    return `${[['time_sec', ...names].join(','), ...lines].join('\n')}\n`;
  }
  if (path.endsWith('.json')) {
    return `${JSON.stringify({ names, frameTimesSec, frames: rows() })}\n`;
  }
  throw new SerError(
    'INVALID_ARGUMENT',
    `--out is ${path}; its ending must be .npy, .csv or .json.`,
  );
}
