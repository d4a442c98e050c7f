function sumOfLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) +
    f32x4.extract_lane(a, 1) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/** Sum of products of `bytes / 4` coefficients and samples; `bytes` is a multiple of 32. */
function dotProduct(coefficients: usize, samples: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(coefficients + offset), v128.load(samples + offset)));
  }
  return sumOfLanes(sum);
}

/**
 * Six sums of products with the same coefficients, `stride` bytes apart in the samples and
 * `targetStride` bytes apart in the target. Each adds up in the order of dotProduct.
 */
function dotProducts6(
  coefficients: usize,
  samples: usize,
  stride: usize,
  bytes: usize,
  target: usize,
  targetStride: usize,
): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let sum4 = sum0;
  let sum5 = sum0;
  const samples1 = samples + stride;
  const samples2 = samples1 + stride;
  const samples3 = samples2 + stride;
  const samples4 = samples3 + stride;
  const samples5 = samples4 + stride;
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    const c = v128.load(coefficients + offset);
    sum0 = f32x4.add(sum0, f32x4.mul(c, v128.load(samples + offset)));
    sum1 = f32x4.add(sum1, f32x4.mul(c, v128.load(samples1 + offset)));
    sum2 = f32x4.add(sum2, f32x4.mul(c, v128.load(samples2 + offset)));
    sum3 = f32x4.add(sum3, f32x4.mul(c, v128.load(samples3 + offset)));
    sum4 = f32x4.add(sum4, f32x4.mul(c, v128.load(samples4 + offset)));
    sum5 = f32x4.add(sum5, f32x4.mul(c, v128.load(samples5 + offset)));
  }
  store<f32>(target, sumOfLanes(sum0));
  store<f32>(target + targetStride, sumOfLanes(sum1));
  store<f32>(target + 2 * targetStride, sumOfLanes(sum2));
  store<f32>(target + 3 * targetStride, sumOfLanes(sum3));
  store<f32>(target + 4 * targetStride, sumOfLanes(sum4));
  store<f32>(target + 5 * targetStride, sumOfLanes(sum5));
}

/**
 * Polyphase filter for an exact ratio up / down: output m starts at input floor(position / up) with
 * phase position mod up, where position = first + m * down. Rows of `taps` coefficients, one a phase.
 * Outputs `up` apart share their phase, and are computed together.
 */
export function resampleExact(
  samples: usize,
  first: i32,
  up: i32,
  down: i32,
  count: i32,
  phases: usize,
  taps: i32,
  target: usize,
): void {
  const bytes = (<usize>taps) << 2;
  const stride = (<usize>down) << 2;
  const targetStride = (<usize>up) << 2;
  const leaders = min(up, count);
  const wholeStep = (<usize>(down / up)) << 2;
  const phaseStep = down % up;
  let start = samples + ((<usize>(first / up)) << 2);
  let phase = first % up;
  for (let leader = 0; leader < leaders; leader++) {
    const row = phases + <usize>phase * bytes;
    let input = start;
    let output = target + ((<usize>leader) << 2);
    let left = (count - leader + up - 1) / up;
    while (left >= 6) {
      dotProducts6(row, input, stride, bytes, output, targetStride);
      input += 6 * stride;
      output += 6 * targetStride;
      left -= 6;
    }
    while (left-- > 0) {
      store<f32>(output, dotProduct(row, input, bytes));
      input += stride;
      output += targetStride;
    }
    start += wholeStep;
    phase += phaseStep;
    if (phase >= up) {
      phase -= up;
      start += 4;
    }
  }
}

/**
 * The same for ratios with too many phases to store: `rows` phases are tabulated (and one more row,
 * the first shifted by one tap), and each output lies on the line between its two neighbours.
 */
export function resampleInterpolated(
  samples: usize,
  first: i32,
  up: i32,
  down: i32,
  count: i32,
  phases: usize,
  taps: i32,
  rows: i32,
  target: usize,
): void {
  const bytes = (<usize>taps) << 2;
  const wholeStep = down / up;
  const phaseStep = down % up;
  const scale = <f64>rows / <f64>up;
  let input = first / up;
  let phase = first % up;
  for (let m = 0; m < count; m++) {
    const position = <f64>phase * scale;
    const row = <i32>position;
    const weight = <f32>(position - <f64>row);
    const start = samples + ((<usize>input) << 2);
    const low = phases + <usize>row * bytes;
    const high = low + bytes;
    let lowSum = f32x4.splat(0);
    let highSum = f32x4.splat(0);
    for (let offset: usize = 0; offset < bytes; offset += 16) {
      const x = v128.load(start + offset);
      lowSum = f32x4.add(lowSum, f32x4.mul(v128.load(low + offset), x));
      highSum = f32x4.add(highSum, f32x4.mul(v128.load(high + offset), x));
    }
    const lowValue = sumOfLanes(lowSum);
    const value = lowValue + weight * (sumOfLanes(highSum) - lowValue);
    store<f32>(target + ((<usize>m) << 2), value);
    input += wholeStep;
    phase += phaseStep;
    if (phase >= up) {
      phase -= up;
      input++;
    }
  }
}
