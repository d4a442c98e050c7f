import { invertSpectra, transformFrames } from './fourier';
import {
  fftLength,
  hopLength,
  pitchFrames,
  pitchLongest,
  pitchShortest,
  pitchSpectra,
  pitchThreshold,
  pitchTransform,
  pitchValues,
  sampleRateHz,
  samples,
} from './plan';
import { Transform } from './transform';

/** Keeps a division by nothing from making NaN: the smallest normal double. */
const SMALLEST: f64 = 2.2250738585072014e-308;

/** Autocorrelations of both frames: the inverse transform of their power spectra. */
function autocorrelatePair(frameA: usize, frameB: usize): void {
  const transform = changetype<Transform>(pitchTransform);
  const bytes = (<usize>fftLength) << 2;
  const room = (<usize>transform.length) << 2;
  memory.copy(pitchFrames, frameA, bytes);
  memory.copy(pitchFrames + room, frameB, bytes);
  memory.fill(pitchFrames + bytes, 0, room - bytes);
  memory.fill(pitchFrames + room + bytes, 0, room - bytes);
  transformFrames(transform, pitchFrames, pitchFrames + room, pitchSpectra);
  const end = pitchSpectra + ((<usize>(transform.length >> 1) + 1) << 5);
  const zero = f64x2.splat(0);
  for (let bin = pitchSpectra; bin < end; bin += 32) {
    const re = v128.load(bin, 0);
    const im = v128.load(bin, 16);
    v128.store(bin, f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im)), 0);
    v128.store(bin, zero, 16);
  }
  invertSpectra(transform, pitchSpectra, pitchValues);
}

/**
 * The cumulative mean normalised difference, in place of the autocorrelation r:
 * d(k) = 2 (r(0) - r(k)) - sum of the first k squares, divided by the mean of d(1) … d(k).
 * d(1) goes without its square, as in librosa 0.11.
 */
function normaliseDifferences(frame: usize, values: usize): void {
  const energy = load<f64>(values);
  let head: f64 = 0;
  let sum: f64 = 0;
  for (let lag = 1; lag <= pitchLongest; lag++) {
    const sample = <f64>load<f32>(frame + ((<usize>(lag - 1)) << 2));
    head += sample * sample;
    const slot = values + ((<usize>lag) << 3);
    const difference = 2 * (energy - load<f64>(slot)) - (lag === 1 ? 0 : head);
    sum += difference;
    store<f64>(slot, difference / (sum / <f64>lag + SMALLEST));
  }
}

function difference(values: usize, lag: i32): f64 {
  return load<f64>(values + ((<usize>lag) << 3));
}

/** The first trough below the threshold, otherwise the lag of the smallest difference. */
function findPeriod(values: usize): i32 {
  let best = pitchShortest;
  let smallest = difference(values, best);
  let before = smallest;
  for (let lag = pitchShortest; lag <= pitchLongest; lag++) {
    const here = difference(values, lag);
    if (here < smallest) {
      smallest = here;
      best = lag;
    }
    const isFirst = lag === pitchShortest;
    const isLast = lag === pitchLongest;
    const after = isLast ? here : difference(values, lag + 1);
    const falls = isFirst || here < before;
    const rises = isFirst ? here < after : isLast || here <= after;
    if (falls && rises && here < pitchThreshold) return lag;
    before = here;
  }
  return best;
}

/** Offset of the vertex of the parabola through the lag and its neighbours, within one lag. */
function refine(values: usize, lag: i32): f64 {
  if (lag === pitchShortest || lag === pitchLongest) return 0;
  const here = difference(values, lag);
  const before = difference(values, lag - 1);
  const after = difference(values, lag + 1);
  const curvature = after + before - 2 * here;
  const slope = (after - before) / 2;
  return Math.abs(slope) >= Math.abs(curvature) ? 0 : -slope / curvature;
}

/** F0 in Hz and periodicity of one frame, from its autocorrelation. */
function storePitch(frame: usize, values: usize, target: usize): void {
  normaliseDifferences(frame, values);
  const period = findPeriod(values);
  const frequency = sampleRateHz / (<f64>period + refine(values, period));
  store<f32>(target, <f32>frequency, 0);
  store<f32>(target, <f32>(1 - difference(values, period)), 16);
}

function frameAt(frame: i32, frames: i32): usize {
  return samples + ((<usize>(min(frame, frames - 1) * hopLength)) << 2);
}

/** F0 in Hz and periodicity of four frames. */
export function pitchOfBlock(frame: i32, frames: i32, target: usize): void {
  const otherValues = pitchValues + ((<usize>changetype<Transform>(pitchTransform).length) << 3);
  for (let lane = 0; lane < 4; lane += 2) {
    const first = frameAt(frame + lane, frames);
    const second = frameAt(frame + lane + 1, frames);
    autocorrelatePair(first, second);
    const slot = target + ((<usize>lane) << 2);
    storePitch(first, pitchValues, slot);
    storePitch(second, otherValues, slot + 4);
  }
}
