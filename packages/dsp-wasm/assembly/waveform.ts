import { clipEnd, clipStart, fftLength, hopLength, rmsOn, samples, zcrOn } from './plan';
import { meanSquare } from './trim';

/** Values up to this far from 0 count as 0, and 0 as positive. */
const CROSSING_THRESHOLD: f32 = 1e-10;

function isNegative(values: v128): v128 {
  return f32x4.lt(values, f32x4.splat(-CROSSING_THRESHOLD));
}

/** Changes of sign between neighbours among samples first … end - 1 of the sample buffer. */
function countCrossings(first: i32, end: i32): i32 {
  let counts = i32x4.splat(0);
  let i = first + 1;
  for (; i + 4 <= end; i += 4) {
    const address = samples + ((<usize>i) << 2);
    const before = v128.load(address - 4);
    counts = i32x4.sub(counts, v128.xor(isNegative(v128.load(address)), isNegative(before)));
  }
  let count =
    i32x4.extract_lane(counts, 0) +
    i32x4.extract_lane(counts, 1) +
    i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3);
  for (; i < end; i++) {
    const address = samples + ((<usize>i) << 2);
    const isBelow = load<f32>(address) < -CROSSING_THRESHOLD;
    const wasBelow = load<f32>(address - 4) < -CROSSING_THRESHOLD;
    count += <i32>(isBelow !== wasBelow);
  }
  return count;
}

/** RMS and rate of zero crossings of four frames, each that is wanted; returns the end. */
export function waveformOfBlock(frame: i32, frames: i32, target: usize): usize {
  const zcrTarget = rmsOn ? target + 16 : target;
  for (let lane = 0; lane < 4; lane++) {
    const start = min(frame + lane, frames - 1) * hopLength;
    const offset = (<usize>lane) << 2;
    if (rmsOn) {
      const power = meanSquare(samples + ((<usize>start) << 2), fftLength);
      store<f32>(target + offset, Mathf.sqrt(power));
    }
    if (zcrOn) {
      const count = countCrossings(max(start, clipStart), min(start + fftLength, clipEnd));
      store<f32>(zcrTarget + offset, <f32>count / <f32>fftLength);
    }
  }
  return zcrOn ? zcrTarget + 16 : zcrTarget;
}
