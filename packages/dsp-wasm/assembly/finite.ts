/** Index of the first NaN or infinite value, -1 when all are finite. */
export function findNotFinite(values: usize, count: i32): i32 {
  // x * 0 is 0 for finite x and NaN otherwise, and NaN survives addition.
  let sum = f32x4.splat(0);
  let otherSum = f32x4.splat(0);
  const zero = f32x4.splat(0);
  const whole = values + ((<usize>(count & ~7)) << 2);
  let cursor = values;
  for (; cursor < whole; cursor += 32) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(cursor, 0), zero));
    otherSum = f32x4.add(otherSum, f32x4.mul(v128.load(cursor, 16), zero));
  }
  const isClean = i32x4.all_true(f32x4.eq(f32x4.add(sum, otherSum), zero));
  const end = values + ((<usize>count) << 2);
  for (cursor = isClean ? whole : values; cursor < end; cursor += 4) {
    if (!isFinite<f32>(load<f32>(cursor))) return <i32>((cursor - values) >> 2);
  }
  return -1;
}
