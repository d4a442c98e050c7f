import { combineSpans } from './fft';
import {
  fftBuffer,
  fftLength,
  hopLength,
  keptBins,
  keptSpectrum,
  orderTable,
  samples,
  splitTable,
  twiddleTable,
  windowTable,
} from './plan';

/** Two neighbouring windowed samples of one frame, as doubles. */
function windowedPair(frame: usize, index: usize): v128 {
  return f64x2.mul(
    f64x2.promote_low_f32x4(v128.load64_zero(frame + (index << 3))),
    v128.load(windowTable + (index << 4)),
  );
}

/** Even samples of both frames: the real part of the packed signal. */
function evens(first: v128, second: v128): v128 {
  return v128.shuffle<f64>(first, second, 0, 2);
}

/** Odd samples of both frames: the imaginary part of the packed signal. */
function odds(first: v128, second: v128): v128 {
  return v128.shuffle<f64>(first, second, 1, 3);
}

/** Windows both frames and does the first pass of the transform, four points a time. */
function loadByFours(frameA: usize, frameB: usize, size: usize): void {
  const quarter = size >> 2;
  let order = orderTable;
  let target = fftBuffer;
  const end = target + (size << 5);
  while (target < end) {
    const index = <usize>load<u32>(order);
    let first = windowedPair(frameA, index);
    let second = windowedPair(frameB, index);
    const ar = evens(first, second);
    const ai = odds(first, second);
    first = windowedPair(frameA, index + 2 * quarter);
    second = windowedPair(frameB, index + 2 * quarter);
    const cr = evens(first, second);
    const ci = odds(first, second);
    const evenSumR = f64x2.add(ar, cr);
    const evenSumI = f64x2.add(ai, ci);
    const evenDiffR = f64x2.sub(ar, cr);
    const evenDiffI = f64x2.sub(ai, ci);

    first = windowedPair(frameA, index + quarter);
    second = windowedPair(frameB, index + quarter);
    const br = evens(first, second);
    const bi = odds(first, second);
    first = windowedPair(frameA, index + 3 * quarter);
    second = windowedPair(frameB, index + 3 * quarter);
    const dr = evens(first, second);
    const di = odds(first, second);
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
    order += 4;
    target += 128;
  }
}

/** The same with two points a time, for sizes that are not a power of four. */
function loadByTwos(frameA: usize, frameB: usize, size: usize): void {
  const half = size >> 1;
  let order = orderTable;
  let target = fftBuffer;
  const end = target + (size << 5);
  while (target < end) {
    const index = <usize>load<u32>(order);
    let first = windowedPair(frameA, index);
    let second = windowedPair(frameB, index);
    const ar = evens(first, second);
    const ai = odds(first, second);
    first = windowedPair(frameA, index + half);
    second = windowedPair(frameB, index + half);
    const br = evens(first, second);
    const bi = odds(first, second);
    v128.store(target, f64x2.add(ar, br), 0);
    v128.store(target, f64x2.add(ai, bi), 16);
    v128.store(target, f64x2.sub(ar, br), 32);
    v128.store(target, f64x2.sub(ai, bi), 48);
    order += 4;
    target += 64;
  }
}

function squaredLength(re: v128, im: v128): v128 {
  return f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
}

/** Keeps the complex value of a bin for `exactPower`: 32 bytes a bin, real parts of four frames first. */
function keepValue(bin: usize, lane: usize, re: v128, im: v128): void {
  const slot = keptSpectrum + (bin << 5) + lane;
  v128.store64_lane(slot, f32x4.demote_f64x2_zero(re), 0, 0);
  v128.store64_lane(slot, f32x4.demote_f64x2_zero(im), 0, 16);
}

function storePower(target: usize, power: v128): void {
  v128.store64_lane(target, f32x4.demote_f64x2_zero(power), 0);
}

/**
 * Unpacks the half-length transform into the real signals' power spectra, 16 bytes a bin; `lane` is 0
 * for the first two frames of a block and 8 for the others.
 */
function splitPower(size: usize, spectrum: usize, lane: usize): void {
  const target = spectrum + lane;
  const kept = <usize>keptBins;
  const quarter = f64x2.splat(0.25);
  const half = f64x2.splat(0.5);
  let low = fftBuffer;
  let re = v128.load(low, 0);
  let im = v128.load(low, 16);
  const dc = f64x2.add(re, im);
  const nyquist = f64x2.sub(re, im);
  const zero = f64x2.splat(0);
  if (kept > 0) keepValue(0, lane, dc, zero);
  if (kept > size) keepValue(size, lane, nyquist, zero);
  storePower(target, f64x2.mul(dc, dc));
  storePower(target + (size << 4), f64x2.mul(nyquist, nyquist));

  let high = fftBuffer + (size << 5);
  let lowTarget = target;
  let highTarget = target + (size << 4);
  let factor = splitTable;
  const middle = fftBuffer + (size << 4);
  let bin: usize = 0;
  for (low += 32, high -= 32; low < middle; low += 32, high -= 32) {
    bin++;
    lowTarget += 16;
    highTarget -= 16;
    re = v128.load(low, 0);
    im = v128.load(low, 16);
    const highRe = v128.load(high, 0);
    const highIm = v128.load(high, 16);
    const evenRe = f64x2.add(re, highRe);
    const evenIm = f64x2.sub(im, highIm);
    const oddRe = f64x2.add(im, highIm);
    const oddIm = f64x2.sub(highRe, re);
    const wr = v128.load64_splat(factor, 0);
    const wi = v128.load64_splat(factor, 8);
    const turnedRe = f64x2.sub(f64x2.mul(oddRe, wr), f64x2.mul(oddIm, wi));
    const turnedIm = f64x2.add(f64x2.mul(oddRe, wi), f64x2.mul(oddIm, wr));
    const lowRe = f64x2.add(evenRe, turnedRe);
    const lowIm = f64x2.add(evenIm, turnedIm);
    const topRe = f64x2.sub(evenRe, turnedRe);
    const topIm = f64x2.sub(evenIm, turnedIm);
    storePower(lowTarget, f64x2.mul(squaredLength(lowRe, lowIm), quarter));
    storePower(highTarget, f64x2.mul(squaredLength(topRe, topIm), quarter));
    if (bin < kept) {
      keepValue(bin, lane, f64x2.mul(half, lowRe), f64x2.mul(half, lowIm));
      if (size - bin < kept) {
        keepValue(size - bin, lane, f64x2.mul(half, topRe), f64x2.mul(half, topIm));
      }
    }
    factor += 16;
  }
  re = v128.load(middle, 0);
  im = v128.load(middle, 16);
  storePower(lowTarget + 16, squaredLength(re, im));
  if (bin + 1 < kept) keepValue(bin + 1, lane, re, im);
}

/** 1 + r^2 of four floats, rounded once, as a fused multiply-add does. */
function onePlusSquare(r: v128): v128 {
  const one = f64x2.splat(1);
  const low = f64x2.promote_low_f32x4(r);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f64>(r, r, 1, 1));
  return v128.shuffle<f64>(
    f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(low, low), one)),
    f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(high, high), one)),
    0,
    2,
  );
}

/**
 * |X|^2 of a kept bin with every rounding of librosa on numpy: the spectrum to floats, |X| as
 * max sqrt(1 + (min / max)^2), its square. Where a spectrum is flat but for these roundings, they are
 * the peaks that librosa estimates the tuning from.
 */
export function exactPower(bin: i32): v128 {
  const slot = keptSpectrum + ((<usize>bin) << 5);
  const a = f32x4.abs(v128.load(slot, 0));
  const b = f32x4.abs(v128.load(slot, 16));
  const larger = f32x4.pmax(a, b);
  const smaller = f32x4.pmin(a, b);
  const ratio = f32x4.div(smaller, f32x4.pmax(larger, f32x4.splat(f32.MIN_VALUE)));
  const magnitude = f32x4.mul(larger, f32x4.sqrt(onePlusSquare(ratio)));
  return f32x4.mul(magnitude, magnitude);
}

/** Half-length transform of two windowed frames, packed, in the FFT buffer. */
export function transformPair(frameA: usize, frameB: usize): void {
  const size = fftLength >> 1;
  if (ctz(size) & 1) {
    loadByTwos(frameA, frameB, size);
    combineSpans(fftBuffer, size, 2, twiddleTable);
  } else {
    loadByFours(frameA, frameB, size);
    combineSpans(fftBuffer, size, 4, twiddleTable);
  }
}

/**
 * Power spectra |X|^2 of the four frames from `frame`; frames from `frames` on repeat the last one.
 * Formula: X[k] = sum of w[n] x[n] exp(-2 pi i k n / N), k = 0 … N/2, unscaled.
 */
export function powerOfBlock(frame: i32, frames: i32, target: usize): void {
  const size = <usize>(fftLength >> 1);
  const last = frames - 1;
  const stride = (<usize>hopLength) << 2;
  transformPair(samples + <usize>frame * stride, samples + <usize>min(frame + 1, last) * stride);
  splitPower(size, target, 0);
  if (frame + 2 > last) {
    const end = target + ((size + 1) << 4);
    for (let bin = target; bin < end; bin += 16) store<u64>(bin, load<u64>(bin), 8);
    return;
  }
  transformPair(
    samples + <usize>(frame + 2) * stride,
    samples + <usize>min(frame + 3, last) * stride,
  );
  splitPower(size, target, 8);
}
