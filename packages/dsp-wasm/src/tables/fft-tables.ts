import { unitRoot } from './unit-circle.ts';

/** Tables of a real transform of `fftLength` samples, done as a complex one of half that length. */
export interface FftTables {
  /** Where each group of the first pass starts in the packed input. */
  order: Uint32Array;
  /** For each later pass, for each j < span: w^j, w^2j, w^3j with w = exp(-2 pi i / 4 span). */
  twiddles: Float64Array;
  /** exp(-2 pi i k / fftLength) for 0 < k < fftLength / 4. */
  split: Float64Array;
}

/** Starts of the leaves of a radix-4 decimation in time, in the order in which they are stored. */
function listLeaves(size: number, leafSize: number): number[] {
  if (size === leafSize) return [0];
  const quarter = listLeaves(size / 4, leafSize);
  return [0, 1, 2, 3].flatMap((start) => quarter.map((leaf) => 4 * leaf + start));
}

export function buildFftTables(fftLength: number): FftTables {
  const size = fftLength / 2;
  const leafSize = Math.log2(size) % 2 === 0 ? 4 : 2;
  const twiddles: number[] = [];
  for (let span = leafSize; span < size; span *= 4) {
    for (let j = 0; j < span; j++) {
      for (const power of [1, 2, 3]) twiddles.push(...unitRoot(power * j, 4 * span));
    }
  }
  const split: number[] = [];
  for (let k = 1; k < fftLength / 4; k++) split.push(...unitRoot(k, fftLength));
  return {
    order: Uint32Array.from(listLeaves(size, leafSize)),
    twiddles: Float64Array.from(twiddles),
    split: Float64Array.from(split),
  };
}
