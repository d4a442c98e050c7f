import { applyBank } from './bank';
import { chromaBank, chromaBins, chromaNorm } from './plan';

/** Frames whose norm is below this (the smallest normal number) stay as they are. */
const SMALLEST_NORM: f32 = 1.1754943508222875e-38;

/** Divisor of each lane. The sums are formed on values scaled by the maximum, against underflow. */
function normOf(bins: usize, end: usize): v128 {
  let largest = f32x4.splat(0);
  for (let bin = bins; bin < end; bin += 16) largest = f32x4.pmax(largest, v128.load(bin));
  const isTiny = f32x4.lt(largest, f32x4.splat(SMALLEST_NORM));
  const scale = v128.bitselect(f32x4.splat(1), largest, isTiny);
  if (chromaNorm === 3) return scale;
  let sum = f32x4.splat(0);
  for (let bin = bins; bin < end; bin += 16) {
    const value = f32x4.div(v128.load(bin), scale);
    sum = f32x4.add(sum, chromaNorm === 2 ? f32x4.mul(value, value) : value);
  }
  if (chromaNorm === 2) sum = f32x4.sqrt(sum);
  return v128.bitselect(f32x4.splat(1), f32x4.mul(scale, sum), isTiny);
}

/** Energy of each pitch class in one block, normalised frame by frame. */
export function chromaOfBlock(power: usize, target: usize): void {
  applyBank(chromaBins, chromaBank, power, target);
  if (chromaNorm === 0) return;
  const end = target + ((<usize>chromaBins) << 4);
  const norm = normOf(target, end);
  for (let bin = target; bin < end; bin += 16) {
    v128.store(bin, f32x4.div(v128.load(bin), norm));
  }
}
