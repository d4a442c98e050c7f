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
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    const foursEnd = row + ((half & ~3) << 2);
    while (row < foursEnd) {
      sum0 = f32x4.add(sum0, f32x4.mul(v128.load32_splat(row, 0), v128.load(value)));
      value += step;
      sum1 = f32x4.add(sum1, f32x4.mul(v128.load32_splat(row, 4), v128.load(value)));
      value += step;
      sum2 = f32x4.add(sum2, f32x4.mul(v128.load32_splat(row, 8), v128.load(value)));
      value += step;
      sum3 = f32x4.add(sum3, f32x4.mul(v128.load32_splat(row, 12), v128.load(value)));
      value += step;
      row += 16;
    }
    const rowEnd = row + ((half & 3) << 2);
    while (row < rowEnd) {
      sum0 = f32x4.add(sum0, f32x4.mul(v128.load32_splat(row), v128.load(value)));
      value += step;
      row += 4;
    }
    if (middle) {
      sum1 = f32x4.add(sum1, f32x4.mul(v128.load32_splat(row), v128.load(bands + (half << 4))));
      row += 4;
    }
    v128.store(target, f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3)));
    target += 16;
  }
}
