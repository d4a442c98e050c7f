/**
 * Weighted sums of spectrum bins for four frames at once. A bank lists its rows one after another:
 * a count of segments, then for each segment the first bin, the number of bins, and the weights.
 * Bins outside every segment weigh nothing and are never touched.
 */
export function applyBank(rows: i32, bank: usize, spectrum: usize, target: usize): void {
  let cursor = bank;
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    let otherSum = f32x4.splat(0);
    let segments = load<i32>(cursor);
    cursor += 4;
    while (segments-- > 0) {
      let bin = spectrum + ((<usize>load<i32>(cursor)) << 4);
      const count = load<i32>(cursor, 4);
      cursor += 8;
      const pairsEnd = cursor + ((<usize>(count & ~1)) << 2);
      while (cursor < pairsEnd) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(cursor, 0), v128.load(bin, 0)));
        otherSum = f32x4.add(otherSum, f32x4.mul(v128.load32_splat(cursor, 4), v128.load(bin, 16)));
        cursor += 8;
        bin += 32;
      }
      if (count & 1) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(cursor, 0), v128.load(bin, 0)));
        cursor += 4;
      }
    }
    v128.store(target, f32x4.add(sum, otherSum));
    target += 16;
  }
}
