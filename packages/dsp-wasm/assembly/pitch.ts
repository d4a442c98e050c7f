import {
  fftLength,
  hopLength,
  pitchBuffer,
  pitchLongest,
  pitchShortest,
  pitchThreshold,
  sampleRateHz,
  samples,
} from './plan';

/** Keeps a division by nothing from making NaN: the smallest normal double. */
const SMALLEST: f64 = 2.2250738585072014e-308;

function sumOfLanes(a: v128): f64 {
  return (
    <f64>f32x4.extract_lane(a, 0) +
    <f64>f32x4.extract_lane(a, 1) +
    (<f64>f32x4.extract_lane(a, 2) + <f64>f32x4.extract_lane(a, 3))
  );
}

/** Where the frame lies, followed by zeros, and behind it the difference function. */
function differences(): usize {
  return (pitchBuffer + ((<usize>(fftLength + pitchLongest + 8)) << 2) + 15) & ~15;
}

/** Samples added up in single precision before the sum goes on in double. */
const STRETCH = 64;

/** Autocorrelation of the frame at lags 0 … longest, as doubles, four lags at a time. */
function autocorrelate(target: usize): void {
  const end = pitchBuffer + ((<usize>fftLength) << 2);
  for (let lag = 0; lag <= pitchLongest; lag += 4) {
    let total0: f64 = 0;
    let total1: f64 = 0;
    let total2: f64 = 0;
    let total3: f64 = 0;
    let shifted = pitchBuffer + ((<usize>lag) << 2);
    let cursor = pitchBuffer;
    while (cursor < end) {
      let sum0 = f32x4.splat(0);
      let sum1 = sum0;
      let sum2 = sum0;
      let sum3 = sum0;
      for (const stop = min(end, cursor + 4 * STRETCH); cursor < stop; cursor += 16) {
        const x = v128.load(cursor);
        sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(shifted, 0)));
        sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(shifted, 4)));
        sum2 = f32x4.add(sum2, f32x4.mul(x, v128.load(shifted, 8)));
        sum3 = f32x4.add(sum3, f32x4.mul(x, v128.load(shifted, 12)));
        shifted += 16;
      }
      total0 += sumOfLanes(sum0);
      total1 += sumOfLanes(sum1);
      total2 += sumOfLanes(sum2);
      total3 += sumOfLanes(sum3);
    }
    const slot = target + ((<usize>lag) << 3);
    store<f64>(slot, total0, 0);
    store<f64>(slot, total1, 8);
    store<f64>(slot, total2, 16);
    store<f64>(slot, total3, 24);
  }
}

/**
 * The cumulative mean normalised difference, in place of the autocorrelation r:
 * d(k) = 2 (r(0) - r(k)) - sum of the first k squares, divided by the mean of d(1) … d(k).
 * d(1) goes without its square, as in librosa 0.11.
 */
function normaliseDifferences(values: usize): void {
  const energy = load<f64>(values);
  let head: f64 = 0;
  let sum: f64 = 0;
  for (let lag = 1; lag <= pitchLongest; lag++) {
    const sample = <f64>load<f32>(pitchBuffer + ((<usize>(lag - 1)) << 2));
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

/** F0 in Hz and periodicity of four frames. */
export function pitchOfBlock(frame: i32, frames: i32, target: usize): void {
  const bytes = (<usize>fftLength) << 2;
  const values = differences();
  memory.fill(pitchBuffer + bytes, 0, (<usize>(pitchLongest + 8)) << 2);
  for (let lane = 0; lane < 4; lane++) {
    const start = min(frame + lane, frames - 1) * hopLength;
    memory.copy(pitchBuffer, samples + ((<usize>start) << 2), bytes);
    autocorrelate(values);
    normaliseDifferences(values);
    const period = findPeriod(values);
    const frequency = sampleRateHz / (<f64>period + refine(values, period));
    const slot = target + ((<usize>lane) << 2);
    store<f32>(slot, <f32>frequency, 0);
    store<f32>(slot, <f32>(1 - difference(values, period)), 16);
  }
}
