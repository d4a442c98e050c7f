/** Sines and cosines by the length of the transform. */
const tables = new Map<number, { cosines: Float64Array; sines: Float64Array }>();

/**
 * How alike two waves are at the shift where they are most alike, from 0 to 1: the largest magnitude of
 * their normalised cross-correlation, computed on analytic signals, so that neither polarity nor a
 * constant turn of phase counts, nor a shift by part of a sample.
 *
 * @param lowest frequency from which on they are compared, in cycles a sample
 */
export function correlateWaves(a: ArrayLike<number>, b: ArrayLike<number>, lowest: number): number {
  let length = 2;
  while (length < a.length + b.length) length *= 2;
  // Two real transforms in one complex.
  const re = new Float64Array(length);
  const im = new Float64Array(length);
  re.set(a);
  im.set(b);
  transform(re, im);
  const crossRe = new Float64Array(length);
  const crossIm = new Float64Array(length);
  let powerA = 0;
  let powerB = 0;
  for (let bin = Math.max(1, Math.ceil(lowest * length)); bin < length / 2; bin++) {
    const mirror = length - bin;
    const aRe = re[bin]! + re[mirror]!;
    const aIm = im[bin]! - im[mirror]!;
    const bRe = im[bin]! + im[mirror]!;
    const bIm = re[mirror]! - re[bin]!;
    powerA += aRe ** 2 + aIm ** 2;
    powerB += bRe ** 2 + bIm ** 2;
    crossRe[bin] = aRe * bRe + aIm * bIm;
    crossIm[bin] = aIm * bRe - aRe * bIm;
  }
  transform(crossRe, crossIm);
  let largest = 0;
  for (let at = 0; at < length; at++) {
    largest = Math.max(largest, crossRe[at]! ** 2 + crossIm[at]! ** 2);
  }
  return Math.sqrt(largest / (powerA * powerB));
}

/**
 * How alike two envelopes are at the shift where they are most alike, from 0 to 1. For values that are
 * never negative.
 */
export function correlateEnvelopes(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let shift = 1 - a.length; shift < b.length; shift++) {
    let sum = 0;
    const end = Math.min(a.length, b.length - shift);
    for (let at = Math.max(0, -shift); at < end; at++) sum += a[at]! * b[at + shift]!;
    if (sum > largest) largest = sum;
  }
  return largest / Math.sqrt(sumSquares(a) * sumSquares(b));
}

/** The sum of the squares of values. */
export function sumSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]! ** 2;
  return sum;
}

/** The discrete Fourier transform in place, by powers of two (Cooley and Tukey). */
function transform(re: Float64Array, im: Float64Array): void {
  const { length } = re;
  const { cosines, sines } = getTables(length);
  for (let at = 1, to = 0; at < length; at++) {
    let bit = length >> 1;
    for (; to & bit; bit >>= 1) to ^= bit;
    to ^= bit;
    if (at < to) {
      [re[at], re[to]] = [re[to]!, re[at]!];
      [im[at], im[to]] = [im[to]!, im[at]!];
    }
  }
  for (let half = 1; half < length; half *= 2) {
    const stride = length / (2 * half);
    for (let start = 0; start < length; start += 2 * half) {
      for (let step = 0; step < half; step++) {
        const low = start + step;
        const high = low + half;
        const cosine = cosines[step * stride]!;
        const sine = sines[step * stride]!;
        const turnedRe = re[high]! * cosine + im[high]! * sine;
        const turnedIm = im[high]! * cosine - re[high]! * sine;
        re[high] = re[low]! - turnedRe;
        im[high] = im[low]! - turnedIm;
        re[low]! += turnedRe;
        im[low]! += turnedIm;
      }
    }
  }
}

function getTables(length: number): { cosines: Float64Array; sines: Float64Array } {
  const known = tables.get(length);
  if (known) return known;
  const angles = Float64Array.from(
    { length: length / 2 },
    (_, step) => (2 * Math.PI * step) / length,
  );
  const made = { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
  tables.set(length, made);
  return made;
}
