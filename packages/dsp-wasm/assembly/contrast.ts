import { contrastRows, contrastTable, selectionBuffer } from './plan';
import { selectValue } from './select';

/** Up to this many extremes are kept in sorted lists; more are found by selection. */
const LONGEST_LIST = 16;

/** Means of the square roots of `count` values, four lanes at once. */
function meanOfRoots(values: usize, count: i32): v128 {
  let sum = f32x4.splat(0);
  const end = values + ((<usize>count) << 4);
  for (let value = values; value < end; value += 16) {
    sum = f32x4.add(sum, f32x4.sqrt(v128.load(value)));
  }
  return f32x4.div(sum, f32x4.splat(<f32>count));
}

/** Smallest and largest value of each lane, for bands that need one of each. */
function extremes(first: usize, end: usize, peak: usize, valley: usize): void {
  let low = v128.load(first);
  let high = low;
  for (let bin = first + 16; bin < end; bin += 16) {
    const value = v128.load(bin);
    low = f32x4.pmin(low, value);
    high = f32x4.pmax(high, value);
  }
  v128.store(peak, f32x4.sqrt(high));
  v128.store(valley, f32x4.sqrt(low));
}

/** Slots of the sorted list. */
const list = memory.data(LONGEST_LIST * 16, 16);

function fillList(count: i32, value: v128): void {
  const end = list + ((<usize>count) << 4);
  for (let slot = list; slot < end; slot += 16) v128.store(slot, value);
}

/** Puts a value into the ascending list, whose last one falls out, lane by lane; returns the new last. */
function keepSmall(end: usize, value: v128): v128 {
  let last = value;
  for (let slot = list; slot < end; slot += 16) {
    const kept = v128.load(slot);
    last = f32x4.pmin(kept, value);
    v128.store(slot, last);
    value = f32x4.pmax(kept, value);
  }
  return last;
}

/** The same for the descending list. */
function keepLarge(end: usize, value: v128): v128 {
  let last = value;
  for (let slot = list; slot < end; slot += 16) {
    const kept = v128.load(slot);
    last = f32x4.pmax(kept, value);
    v128.store(slot, last);
    value = f32x4.pmin(kept, value);
  }
  return last;
}

/**
 * The `count` smallest values of each lane, in a sorted list. Four bins are passed over at once where
 * none belongs in it. Spectra fall, so the search starts at the top, where the small ones are.
 */
function valleyByList(first: usize, end: usize, count: i32): v128 {
  const listEnd = list + ((<usize>count) << 4);
  fillList(count, f32x4.splat(Infinity));
  let bound = f32x4.splat(Infinity);
  let bin = end;
  while (bin >= first + 64) {
    bin -= 64;
    const a = v128.load(bin, 0);
    const b = v128.load(bin, 16);
    const c = v128.load(bin, 32);
    const d = v128.load(bin, 48);
    const smallest = f32x4.pmin(f32x4.pmin(a, b), f32x4.pmin(c, d));
    if (!v128.any_true(f32x4.lt(smallest, bound))) continue;
    if (v128.any_true(f32x4.lt(d, bound))) bound = keepSmall(listEnd, d);
    if (v128.any_true(f32x4.lt(c, bound))) bound = keepSmall(listEnd, c);
    if (v128.any_true(f32x4.lt(b, bound))) bound = keepSmall(listEnd, b);
    if (v128.any_true(f32x4.lt(a, bound))) bound = keepSmall(listEnd, a);
  }
  while (bin > first) {
    bin -= 16;
    bound = keepSmall(listEnd, v128.load(bin));
  }
  return meanOfRoots(list, count);
}

/** The same for the largest values, from the bottom of the band. */
function peakByList(first: usize, end: usize, count: i32): v128 {
  const listEnd = list + ((<usize>count) << 4);
  fillList(count, f32x4.splat(-1));
  let bound = f32x4.splat(-1);
  let bin = first;
  for (; bin + 64 <= end; bin += 64) {
    const a = v128.load(bin, 0);
    const b = v128.load(bin, 16);
    const c = v128.load(bin, 32);
    const d = v128.load(bin, 48);
    const largest = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
    if (!v128.any_true(f32x4.gt(largest, bound))) continue;
    if (v128.any_true(f32x4.gt(a, bound))) bound = keepLarge(listEnd, a);
    if (v128.any_true(f32x4.gt(b, bound))) bound = keepLarge(listEnd, b);
    if (v128.any_true(f32x4.gt(c, bound))) bound = keepLarge(listEnd, c);
    if (v128.any_true(f32x4.gt(d, bound))) bound = keepLarge(listEnd, d);
  }
  for (; bin < end; bin += 16) bound = keepLarge(listEnd, v128.load(bin));
  return meanOfRoots(list, count);
}

/** Sorts out the extremes of one lane after another; for quantiles far above librosa's default. */
function extremesBySelection(
  first: usize,
  end: usize,
  count: i32,
  peak: usize,
  valley: usize,
): void {
  const size = <i32>((end - first) >> 4);
  for (let lane: usize = 0; lane < 16; lane += 4) {
    let target = selectionBuffer;
    for (let bin = first + lane; bin < end; bin += 16, target += 4) {
      store<f32>(target, load<f32>(bin));
    }
    let lowSum: f64 = 0;
    selectValue(selectionBuffer, size, count - 1);
    for (let i = 0; i < count; i++) {
      lowSum += Math.sqrt(<f64>load<f32>(selectionBuffer + ((<usize>i) << 2)));
    }
    let highSum: f64 = 0;
    selectValue(selectionBuffer, size, size - count);
    for (let i = size - count; i < size; i++) {
      highSum += Math.sqrt(<f64>load<f32>(selectionBuffer + ((<usize>i) << 2)));
    }
    store<f32>(peak + lane, <f32>(highSum / <f64>count));
    store<f32>(valley + lane, <f32>(lowSum / <f64>count));
  }
}

/**
 * Peaks and valleys of every sub-band of one block: mean magnitude of its largest and of its
 * smallest bins. The table holds three i32 a row: first bin, end bin, number of bins averaged.
 */
export function contrastOfBlock(power: usize, peaks: usize, valleys: usize): void {
  let entry = contrastTable;
  for (let row = 0; row < contrastRows; row++) {
    const first = power + ((<usize>load<i32>(entry, 0)) << 4);
    const end = power + ((<usize>load<i32>(entry, 4)) << 4);
    const count = load<i32>(entry, 8);
    if (count === 1) extremes(first, end, peaks, valleys);
    else if (count <= LONGEST_LIST) {
      v128.store(peaks, peakByList(first, end, count));
      v128.store(valleys, valleyByList(first, end, count));
    } else extremesBySelection(first, end, count, peaks, valleys);
    entry += 12;
    peaks += 16;
    valleys += 16;
  }
}

/** Largest value of each lane over the rows, at least `largest`. */
export function largestOfRows(rows: usize, largest: v128): v128 {
  const end = rows + ((<usize>contrastRows) << 4);
  for (let row = rows; row < end; row += 16) largest = f32x4.pmax(largest, v128.load(row));
  return largest;
}
