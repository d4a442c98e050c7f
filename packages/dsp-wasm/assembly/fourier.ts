import { transformPair } from './fft';
import { combineSpans, firstSpan } from './passes';
import { Transform } from './transform';

/**
 * Complex spectra of two windowed frames. Bins 0 … N/2 of 32 bytes each: the real parts of both, then
 * the imaginary parts of both, in double precision.
 */
export function transformFrames(
  transform: Transform,
  frameA: usize,
  frameB: usize,
  target: usize,
): void {
  transformPair(transform, frameA, frameB);
  const size = <usize>(transform.length >> 1);
  const buffer = transform.buffer;
  const half = f64x2.splat(0.5);
  let re = v128.load(buffer, 0);
  let im = v128.load(buffer, 16);
  const zero = f64x2.splat(0);
  v128.store(target, f64x2.add(re, im), 0);
  v128.store(target, zero, 16);
  const nyquist = target + (size << 5);
  v128.store(nyquist, f64x2.sub(re, im), 0);
  v128.store(nyquist, zero, 16);
  let factor = transform.split;
  for (let k: usize = 1; k << 1 < size; k++) {
    const low = buffer + (k << 5);
    const high = buffer + ((size - k) << 5);
    re = v128.load(low, 0);
    im = v128.load(low, 16);
    const highRe = v128.load(high, 0);
    const highIm = v128.load(high, 16);
    const evenRe = f64x2.mul(half, f64x2.add(re, highRe));
    const evenIm = f64x2.mul(half, f64x2.sub(im, highIm));
    const oddRe = f64x2.mul(half, f64x2.add(im, highIm));
    const oddIm = f64x2.mul(half, f64x2.sub(highRe, re));
    const wr = v128.load64_splat(factor, 0);
    const wi = v128.load64_splat(factor, 8);
    const turnedRe = f64x2.sub(f64x2.mul(oddRe, wr), f64x2.mul(oddIm, wi));
    const turnedIm = f64x2.add(f64x2.mul(oddRe, wi), f64x2.mul(oddIm, wr));
    v128.store(target + (k << 5), f64x2.add(evenRe, turnedRe), 0);
    v128.store(target + (k << 5), f64x2.add(evenIm, turnedIm), 16);
    v128.store(target + ((size - k) << 5), f64x2.sub(evenRe, turnedRe), 0);
    v128.store(target + ((size - k) << 5), f64x2.sub(turnedIm, evenIm), 16);
    factor += 16;
  }
  if (size & 1) return;
  const middle = size >> 1;
  v128.store(target + (middle << 5), v128.load(buffer + (middle << 5), 0), 0);
  v128.store(target + (middle << 5), f64x2.neg(v128.load(buffer + (middle << 5), 16)), 16);
}

/** Folds both spectra into the conjugate of a half-length transform, in place. */
function packSpectra(transform: Transform, spectra: usize): void {
  const size = <usize>(transform.length >> 1);
  const dc = v128.load(spectra, 0);
  const nyquist = v128.load(spectra + (size << 5), 0);
  v128.store(spectra, f64x2.add(dc, nyquist), 0);
  v128.store(spectra, f64x2.sub(nyquist, dc), 16);
  let factor = transform.split;
  for (let k: usize = 1; k << 1 < size; k++) {
    const low = spectra + (k << 5);
    const high = spectra + ((size - k) << 5);
    const re = v128.load(low, 0);
    const im = v128.load(low, 16);
    const highRe = v128.load(high, 0);
    const highIm = v128.load(high, 16);
    const evenRe = f64x2.add(re, highRe);
    const evenIm = f64x2.sub(im, highIm);
    const diffRe = f64x2.sub(re, highRe);
    const diffIm = f64x2.add(im, highIm);
    const wr = v128.load64_splat(factor, 0);
    const wi = v128.load64_splat(factor, 8);
    // The odd samples' spectrum, turned back by the conjugate factor.
    const oddRe = f64x2.add(f64x2.mul(diffRe, wr), f64x2.mul(diffIm, wi));
    const oddIm = f64x2.sub(f64x2.mul(diffIm, wr), f64x2.mul(diffRe, wi));
    v128.store(low, f64x2.sub(evenRe, oddIm), 0);
    v128.store(low, f64x2.neg(f64x2.add(evenIm, oddRe)), 16);
    v128.store(high, f64x2.add(evenRe, oddIm), 0);
    v128.store(high, f64x2.sub(evenIm, oddRe), 16);
    factor += 16;
  }
  if (size & 1) return;
  const middle = spectra + ((size >> 1) << 5);
  const two = f64x2.splat(2);
  v128.store(middle, f64x2.mul(two, v128.load(middle, 0)), 0);
  v128.store(middle, f64x2.mul(two, v128.load(middle, 16)), 16);
}

/** First pass of the transform of a complex signal in natural order, in groups of `radix` points. */
function loadComplex(transform: Transform, source: usize, size: usize, radix: usize): void {
  const step = size / radix;
  let order = transform.order;
  let target = transform.buffer;
  const end = target + (size << 5);
  while (target < end) {
    const a = source + ((<usize>load<u32>(order)) << 5);
    const ar = v128.load(a, 0);
    const ai = v128.load(a, 16);
    order += 4;
    if (radix === 1) {
      v128.store(target, ar, 0);
      v128.store(target, ai, 16);
      target += 32;
      continue;
    }
    const b = a + (step << 5);
    const br = v128.load(b, 0);
    const bi = v128.load(b, 16);
    if (radix === 2) {
      v128.store(target, f64x2.add(ar, br), 0);
      v128.store(target, f64x2.add(ai, bi), 16);
      v128.store(target, f64x2.sub(ar, br), 32);
      v128.store(target, f64x2.sub(ai, bi), 48);
    } else {
      const c = b + (step << 5);
      const d = c + (step << 5);
      const cr = v128.load(c, 0);
      const ci = v128.load(c, 16);
      const dr = v128.load(d, 0);
      const di = v128.load(d, 16);
      const evenSumR = f64x2.add(ar, cr);
      const evenSumI = f64x2.add(ai, ci);
      const evenDiffR = f64x2.sub(ar, cr);
      const evenDiffI = f64x2.sub(ai, ci);
      const oddSumR = f64x2.add(br, dr);
      const oddSumI = f64x2.add(bi, di);
      const oddDiffR = f64x2.sub(br, dr);
      const oddDiffI = f64x2.sub(bi, di);
      v128.store(target, f64x2.add(evenSumR, oddSumR), 0);
      v128.store(target, f64x2.add(evenSumI, oddSumI), 16);
      v128.store(target, f64x2.add(evenDiffR, oddDiffI), 32);
      v128.store(target, f64x2.sub(evenDiffI, oddDiffR), 48);
      v128.store(target, f64x2.sub(evenSumR, oddSumR), 64);
      v128.store(target, f64x2.sub(evenSumI, oddSumI), 80);
      v128.store(target, f64x2.sub(evenDiffR, oddDiffI), 96);
      v128.store(target, f64x2.add(evenDiffI, oddDiffR), 112);
    }
    target += radix << 5;
  }
}

/**
 * The signals of two spectra in the layout of transformFrames, which are overwritten: samples
 * 0 … N - 1 of the first, in double precision, then those of the second.
 */
export function invertSpectra(transform: Transform, spectra: usize, target: usize): void {
  const size = transform.length >> 1;
  const buffer = transform.buffer;
  packSpectra(transform, spectra);
  loadComplex(transform, spectra, size, firstSpan(size));
  combineSpans(buffer, size, transform.twiddles);
  const scale = f64x2.splat(1 / <f64>transform.length);
  const negative = f64x2.neg(scale);
  const other = target + ((<usize>transform.length) << 3);
  for (let n: usize = 0; n < <usize>size; n++) {
    const even = f64x2.mul(scale, v128.load(buffer + (n << 5), 0));
    const odd = f64x2.mul(negative, v128.load(buffer + (n << 5), 16));
    v128.store(target + (n << 4), v128.shuffle<f64>(even, odd, 0, 2));
    v128.store(other + (n << 4), v128.shuffle<f64>(even, odd, 1, 3));
  }
}
