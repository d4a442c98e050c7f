import { decibels, SMALLEST_POWER } from './decibel';
import {
  bandwidthExponent,
  bandwidthOn,
  centroidOn,
  fftLength,
  flatnessOn,
  rolloffOn,
  rolloffShare,
  sampleRateHz,
  spectrumBuffer,
} from './plan';

/** Frames whose magnitudes sum to less than this count as silent, as in librosa.util.normalize. */
const SMALLEST_SUM: f32 = 1.1754943508222875e-38;

/** Magnitudes into the spectrum buffer; returns their sum, added up from the lowest bin. */
function takeMagnitudes(power: usize, bins: i32): v128 {
  let sum = f32x4.splat(0);
  for (let offset: usize = 0, end = (<usize>bins) << 4; offset < end; offset += 16) {
    const magnitude = f32x4.sqrt(v128.load(power + offset));
    v128.store(spectrumBuffer + offset, magnitude);
    sum = f32x4.add(sum, magnitude);
  }
  return sum;
}

/** Sum of magnitudes times bin numbers. */
function firstMoment(bins: i32): v128 {
  let moment = f32x4.splat(0);
  let bin = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let offset: usize = 0, end = (<usize>bins) << 4; offset < end; offset += 16) {
    moment = f32x4.add(moment, f32x4.mul(bin, v128.load(spectrumBuffer + offset)));
    bin = f32x4.add(bin, one);
  }
  return moment;
}

function raiseLanes(values: v128, exponent: f32): v128 {
  let result = f32x4.splat(Mathf.pow(f32x4.extract_lane(values, 0), exponent));
  result = f32x4.replace_lane(result, 1, Mathf.pow(f32x4.extract_lane(values, 1), exponent));
  result = f32x4.replace_lane(result, 2, Mathf.pow(f32x4.extract_lane(values, 2), exponent));
  return f32x4.replace_lane(result, 3, Mathf.pow(f32x4.extract_lane(values, 3), exponent));
}

/** Sum of magnitudes times the distance, in bins, from the centroid, raised to the exponent. */
function spread(bins: i32, centroid: v128): v128 {
  let moment = f32x4.splat(0);
  let bin = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let offset: usize = 0, end = (<usize>bins) << 4; offset < end; offset += 16) {
    const distance = f32x4.abs(f32x4.sub(bin, centroid));
    const raised =
      bandwidthExponent === 2
        ? f32x4.mul(distance, distance)
        : raiseLanes(distance, bandwidthExponent);
    moment = f32x4.add(moment, f32x4.mul(raised, v128.load(spectrumBuffer + offset)));
    bin = f32x4.add(bin, one);
  }
  return moment;
}

/** Number of bins before the running sum of magnitudes reaches a share of the whole. */
function rolloffBin(bins: i32, total: v128): v128 {
  const threshold = f32x4.mul(total, f32x4.splat(rolloffShare));
  let running = f32x4.splat(0);
  let count = i32x4.splat(0);
  for (let offset: usize = 0, end = (<usize>bins) << 4; offset < end; offset += 16) {
    running = f32x4.add(running, v128.load(spectrumBuffer + offset));
    count = i32x4.sub(count, f32x4.lt(running, threshold));
  }
  return f32x4.convert_i32x4_s(count);
}

/** Geometric by arithmetic mean of max(power, 1e-10). */
function flatness(power: usize, bins: i32): v128 {
  // Decibels above the smallest power: exact for silence, and small sums round less.
  const base = decibels(f32x4.splat(0));
  const smallest = f32x4.splat(SMALLEST_POWER);
  let logSum = f32x4.splat(0);
  let otherLogSum = f32x4.splat(0);
  let sum = f32x4.splat(0);
  let otherSum = f32x4.splat(0);
  const pairsEnd = power + ((<usize>(bins & ~1)) << 4);
  for (let bin = power; bin < pairsEnd; bin += 32) {
    const a = v128.load(bin, 0);
    const b = v128.load(bin, 16);
    logSum = f32x4.add(logSum, f32x4.sub(decibels(a), base));
    otherLogSum = f32x4.add(otherLogSum, f32x4.sub(decibels(b), base));
    sum = f32x4.add(sum, f32x4.pmax(a, smallest));
    otherSum = f32x4.add(otherSum, f32x4.pmax(b, smallest));
  }
  logSum = f32x4.add(logSum, otherLogSum);
  sum = f32x4.add(sum, otherSum);
  if (bins & 1) {
    const last = v128.load(pairsEnd);
    logSum = f32x4.add(logSum, f32x4.sub(decibels(last), base));
    sum = f32x4.add(sum, f32x4.pmax(last, smallest));
  }
  const scale = f32x4.splat(1 / <f32>bins);
  const meanDecibels = f32x4.add(f32x4.mul(logSum, scale), base);
  let geometric = f32x4.splat(0);
  geometric = f32x4.replace_lane(geometric, 0, powerOfTen(f32x4.extract_lane(meanDecibels, 0)));
  geometric = f32x4.replace_lane(geometric, 1, powerOfTen(f32x4.extract_lane(meanDecibels, 1)));
  geometric = f32x4.replace_lane(geometric, 2, powerOfTen(f32x4.extract_lane(meanDecibels, 2)));
  geometric = f32x4.replace_lane(geometric, 3, powerOfTen(f32x4.extract_lane(meanDecibels, 3)));
  return f32x4.div(geometric, f32x4.mul(sum, scale));
}

function powerOfTen(decibelValue: f32): f32 {
  return Mathf.pow(10, decibelValue * 0.1);
}

/** Centroid, bandwidth, roll-off and flatness of one block, each that is wanted; returns the end. */
export function shapeOfBlock(power: usize, target: usize): usize {
  const bins = (fftLength >> 1) + 1;
  const binHz = f32x4.splat(<f32>(sampleRateHz / <f64>fftLength));
  if (centroidOn || bandwidthOn || rolloffOn) {
    const sum = takeMagnitudes(power, bins);
    const isSilent = f32x4.lt(sum, f32x4.splat(SMALLEST_SUM));
    const divisor = v128.bitselect(f32x4.splat(1), sum, isSilent);
    const centroid = f32x4.div(firstMoment(bins), divisor);
    if (centroidOn) {
      v128.store(target, f32x4.mul(centroid, binHz));
      target += 16;
    }
    if (bandwidthOn) {
      const mean = f32x4.div(spread(bins, centroid), divisor);
      const root =
        bandwidthExponent === 2 ? f32x4.sqrt(mean) : raiseLanes(mean, 1 / bandwidthExponent);
      v128.store(target, f32x4.mul(root, binHz));
      target += 16;
    }
    if (rolloffOn) {
      v128.store(target, f32x4.mul(rolloffBin(bins, sum), binHz));
      target += 16;
    }
  }
  if (flatnessOn) {
    v128.store(target, flatness(power, bins));
    target += 16;
  }
  return target;
}
