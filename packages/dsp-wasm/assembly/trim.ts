/** Mean of the squares of `length` samples. */
export function meanSquare(samples: usize, length: i32): f32 {
  let sum = f32x4.splat(0);
  let otherSum = f32x4.splat(0);
  let cursor = samples;
  for (const end = samples + ((<usize>(length & ~7)) << 2); cursor < end; cursor += 32) {
    const a = v128.load(cursor, 0);
    const b = v128.load(cursor, 16);
    sum = f32x4.add(sum, f32x4.mul(a, a));
    otherSum = f32x4.add(otherSum, f32x4.mul(b, b));
  }
  sum = f32x4.add(sum, otherSum);
  let total =
    <f64>f32x4.extract_lane(sum, 0) +
    <f64>f32x4.extract_lane(sum, 1) +
    <f64>f32x4.extract_lane(sum, 2) +
    <f64>f32x4.extract_lane(sum, 3);
  for (const end = samples + ((<usize>length) << 2); cursor < end; cursor += 4) {
    const value = <f64>load<f32>(cursor);
    total += value * value;
  }
  return <f32>(total / <f64>length);
}

/** Mean square of each frame: frame t covers `frameLength` samples from t * hopLength. */
export function frameMeanSquares(
  samples: usize,
  frames: i32,
  frameLength: i32,
  hopLength: i32,
  target: usize,
): void {
  const stride = (<usize>hopLength) << 2;
  for (let frame = 0; frame < frames; frame++) {
    store<f32>(target, meanSquare(samples, frameLength));
    samples += stride;
    target += 4;
  }
}
