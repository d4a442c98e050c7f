import { dctTable, melBands, mfccCount } from './plan';

/**
 * DCT-II of `melBands` values for four frames. Coefficient i is even or odd about the middle of the
 * bands, so the sums and differences of mirrored bands are formed once (in place) and the table
 * holds only half a row: dctTable[i][n], n < ceil(bands / 2).
 */
export function dctOfBlock(bands: usize, target: usize): void {
  const half = <usize>(melBands >> 1);
  const middle = <usize>(melBands & 1);
  let low = bands;
  let high = bands + ((<usize>melBands) << 4);
  const lowEnd = bands + (half << 4);
  while (low < lowEnd) {
    high -= 16;
    const a = v128.load(low);
    const b = v128.load(high);
    v128.store(low, f32x4.add(a, b));
    v128.store(high, f32x4.sub(a, b));
    low += 16;
  }
  let row = dctTable;
  for (let i = 0; i < mfccCount; i++) {
    const isOdd = i & 1;
    let value = isOdd ? bands + ((<usize>melBands) << 4) - 16 : bands;
    const step: isize = isOdd ? -16 : 16;
    let sum = f32x4.splat(0);
    let otherSum = f32x4.splat(0);
    const pairsEnd = row + ((half & ~1) << 2);
    while (row < pairsEnd) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(row, 0), v128.load(value)));
      value += step;
      otherSum = f32x4.add(otherSum, f32x4.mul(v128.load32_splat(row, 4), v128.load(value)));
      value += step;
      row += 8;
    }
    if (half & 1) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(row), v128.load(value)));
      row += 4;
    }
    if (middle) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(row), v128.load(bands + (half << 4))));
      row += 4;
    }
    v128.store(target, f32x4.add(sum, otherSum));
    target += 16;
  }
}
