/** Values below this count as this: the `amin` of a power in decibels. */
export const SMALLEST_POWER: f32 = 1e-10;

/** 10 log10(2): decibels of one octave of power. */
const DECIBELS_PER_OCTAVE: f32 = 3.010299956639812;

/**
 * log2 of four positive normal numbers. With m the mantissa in [sqrt 1/2, sqrt 2) and
 * s = (m - 1) / (m + 1), ln m = 2 (s + s^3/3 + s^5/5 + …); the terms after s^9 are below 1e-9.
 */
export function log2x4(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const mantissa = i32x4.sub(x, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one));
  const z = f32x4.mul(s, s);
  let series = f32x4.splat(2.885390081777927 / 9);
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(2.885390081777927 / 7));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(2.885390081777927 / 5));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(2.885390081777927 / 3));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(2.885390081777927));
  return f32x4.add(f32x4.convert_i32x4_s(exponent), f32x4.mul(s, series));
}

/** log2 of a positive normal double, to about 1e-13, by the same series. */
export function log2Exact(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const exponent = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const mantissa = reinterpret<f64>(bits - (exponent << 52));
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let series: f64 = 1.0 / 17;
  series = series * z + 1.0 / 15;
  series = series * z + 1.0 / 13;
  series = series * z + 1.0 / 11;
  series = series * z + 1.0 / 9;
  series = series * z + 1.0 / 7;
  series = series * z + 1.0 / 5;
  series = series * z + 1.0 / 3;
  series = series * z + 1.0;
  return <f64>exponent + s * series * 2.8853900817779268;
}

/** 10 log10(max(x, 1e-10)) of four powers. */
export function decibels(power: v128): v128 {
  return f32x4.mul(
    log2x4(f32x4.pmax(power, f32x4.splat(SMALLEST_POWER))),
    f32x4.splat(DECIBELS_PER_OCTAVE),
  );
}

/** The largest of the four lanes. */
export function largestLane(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}
