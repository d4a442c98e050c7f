import { unitRoot } from './unit-circle.ts';

/** Tables of a real transform of `fftLength` samples, done as a complex one of half that length. */
export interface FftTables {
  /** Where each group of the first pass starts in the packed input. */
  order: Uint32Array;
  /** For each later pass, for each j < span: w^j … w^((r - 1) j) with w = exp(-2 pi i / (r span)). */
  twiddles: Float64Array;
  /** exp(-2 pi i k / fftLength) for 0 < k < fftLength / 4. */
  split: Float64Array;
}

/** One pass: `radix` transforms of `span` points each become one. */
interface Pass {
  span: number;
  radix: number;
}

/** The passes behind the first, which takes 1, 2 or 4 points: by fours, threes and fives (passes.ts). */
function listPasses(size: number): Pass[] {
  const twos = Math.log2(size & -size);
  const passes: Pass[] = [];
  let span = twos === 0 ? 1 : twos % 2 === 0 ? 4 : 2;
  for (const radix of [4, 3, 5]) {
    for (; (size / span) % radix === 0; span *= radix) passes.push({ span, radix });
  }
  return passes;
}

/** Starts of the groups of the first pass of a decimation in time, in the order of their storage. */
function listStarts(passes: readonly Pass[]): number[] {
  const last = passes.at(-1);
  if (!last) return [0];
  const part = listStarts(passes.slice(0, -1));
  return Array.from({ length: last.radix }, (_, start) => start).flatMap((start) =>
    part.map((place) => last.radix * place + start),
  );
}

/** Whether transforms of so many samples are made: even, and the half without prime factors beyond 5. */
export function isFftLength(fftLength: number): boolean {
  let rest = fftLength / 2;
  for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

export function buildFftTables(fftLength: number): FftTables {
  const passes = listPasses(fftLength / 2);
  const twiddles: number[] = [];
  for (const { span, radix } of passes) {
    for (let j = 0; j < span; j++) {
      for (let power = 1; power < radix; power++) {
        twiddles.push(...unitRoot(power * j, radix * span));
      }
    }
  }
  const split: number[] = [];
  for (let k = 1; k < fftLength / 4; k++) split.push(...unitRoot(k, fftLength));
  return {
    order: Uint32Array.from(listStarts(passes)),
    twiddles: Float64Array.from(twiddles),
    split: Float64Array.from(split),
  };
}
