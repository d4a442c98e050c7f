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

/** Keeps the `count` smallest and largest values of each lane in sorted lists. */
function extremesByLists(first: usize, end: usize, count: i32, peak: usize, valley: usize): void {
  const bytes = (<usize>count) << 4;
  const lows = selectionBuffer;
  const lowsEnd = lows + bytes;
  const highs = lowsEnd;
  const highsEnd = highs + bytes;
  for (let slot = lows; slot < lowsEnd; slot += 16) v128.store(slot, f32x4.splat(Infinity));
  for (let slot = highs; slot < highsEnd; slot += 16) v128.store(slot, f32x4.splat(-1));
  let lowBound = f32x4.splat(Infinity);
  let highBound = f32x4.splat(-1);
  for (let bin = first; bin < end; bin += 16) {
    const value = v128.load(bin);
    if (v128.any_true(f32x4.lt(value, lowBound))) {
      let carry = value;
      for (let slot = lows; slot < lowsEnd; slot += 16) {
        const kept = v128.load(slot);
        v128.store(slot, f32x4.pmin(kept, carry));
        carry = f32x4.pmax(kept, carry);
      }
      lowBound = v128.load(lowsEnd - 16);
    }
    if (v128.any_true(f32x4.gt(value, highBound))) {
      let carry = value;
      for (let slot = highs; slot < highsEnd; slot += 16) {
        const kept = v128.load(slot);
        v128.store(slot, f32x4.pmax(kept, carry));
        carry = f32x4.pmin(kept, carry);
      }
      highBound = v128.load(highsEnd - 16);
    }
  }
  v128.store(peak, meanOfRoots(highs, count));
  v128.store(valley, meanOfRoots(lows, count));
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
    else if (count <= LONGEST_LIST) extremesByLists(first, end, count, peaks, valleys);
    else extremesBySelection(first, end, count, peaks, valleys);
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
