import { transformPair } from './fft';
import { fftLength, frameTransform, hopLength, keptBins, keptSpectrum, samples } from './plan';
import { Transform } from './transform';

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
  const buffer = changetype<Transform>(frameTransform).buffer;
  const quarter = f64x2.splat(0.25);
  const half = f64x2.splat(0.5);
  let low = buffer;
  let re = v128.load(low, 0);
  let im = v128.load(low, 16);
  const dc = f64x2.add(re, im);
  const nyquist = f64x2.sub(re, im);
  const zero = f64x2.splat(0);
  if (kept > 0) keepValue(0, lane, dc, zero);
  if (kept > size) keepValue(size, lane, nyquist, zero);
  storePower(target, f64x2.mul(dc, dc));
  storePower(target + (size << 4), f64x2.mul(nyquist, nyquist));

  let high = buffer + (size << 5);
  let lowTarget = target;
  let highTarget = target + (size << 4);
  let factor = changetype<Transform>(frameTransform).split;
  const middle = buffer + (size << 4);
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
  if (size & 1) return;
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

/**
 * Power spectra |X|^2 of the four frames from `frame`; frames from `frames` on repeat the last one.
 * Formula: X[k] = sum of w[n] x[n] exp(-2 pi i k n / N), k = 0 … N/2, unscaled.
 */
export function powerOfBlock(frame: i32, frames: i32, target: usize): void {
  const size = <usize>(fftLength >> 1);
  const transform = changetype<Transform>(frameTransform);
  const last = frames - 1;
  const stride = (<usize>hopLength) << 2;
  transformPair(
    transform,
    samples + <usize>frame * stride,
    samples + <usize>min(frame + 1, last) * stride,
  );
  splitPower(size, target, 0);
  if (frame + 2 > last) {
    const end = target + ((size + 1) << 4);
    for (let bin = target; bin < end; bin += 16) store<u64>(bin, load<u64>(bin), 8);
    return;
  }
  transformPair(
    transform,
    samples + <usize>(frame + 2) * stride,
    samples + <usize>min(frame + 3, last) * stride,
  );
  splitPower(size, target, 8);
}
