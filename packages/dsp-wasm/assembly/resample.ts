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
  let otherSum = f32x4.splat(0);
  for (let offset: usize = 0; offset < bytes; offset += 32) {
    const c = coefficients + offset;
    const s = samples + offset;
    sum = f32x4.add(sum, f32x4.mul(v128.load(c, 0), v128.load(s, 0)));
    otherSum = f32x4.add(otherSum, f32x4.mul(v128.load(c, 16), v128.load(s, 16)));
  }
  return sumOfLanes(f32x4.add(sum, otherSum));
}

/**
 * Polyphase filter for an exact ratio up / down: output m starts at input floor(position / up) with
 * phase position mod up, where position = first + m * down. Rows of `taps` coefficients, one a phase.
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
  const wholeStep = down / up;
  const phaseStep = down % up;
  let input = first / up;
  let phase = first % up;
  for (let m = 0; m < count; m++) {
    const value = dotProduct(phases + <usize>phase * bytes, samples + ((<usize>input) << 2), bytes);
    store<f32>(target + ((<usize>m) << 2), value);
    input += wholeStep;
    phase += phaseStep;
    if (phase >= up) {
      phase -= up;
      input++;
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
    const table = phases + <usize>row * bytes;
    const low = dotProduct(table, start, bytes);
    const high = dotProduct(table + bytes, start, bytes);
    store<f32>(target + ((<usize>m) << 2), low + weight * (high - low));
    input += wholeStep;
    phase += phaseStep;
    if (phase >= up) {
      phase -= up;
      input++;
    }
  }
}
