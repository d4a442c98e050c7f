/** Values below this count as this: the `amin` of a power in decibels. */
export const SMALLEST_POWER: f32 = 1e-10;

/** 10 log10(2), decibels of one octave of power, in two parts: the first times an exponent is exact. */
const OCTAVE_HIGH: f32 = 3.0;
const OCTAVE_LOW: f32 = 0.010299956639811952;

/** 20 log10(e), and the same divided by 3, 5, 7 and 9. */
const SERIES_1: f32 = 8.685889638065037;
const SERIES_3: f32 = 2.895296546021679;
const SERIES_5: f32 = 1.7371779276130073;
const SERIES_7: f32 = 1.2408413768664338;
const SERIES_9: f32 = 0.9650988486738929;

/** Bits of sqrt(1/2): mantissas are taken from there to sqrt(2). */
const ROOT_HALF_BITS = 0x3f3504f3;

/**
 * 10 log10(max(x, 1e-10)) of four powers. With x = m 2^e and s = (m - 1) / (m + 1),
 * ln m = 2 (s + s^3/3 + s^5/5 + …); the terms after s^9 are below 1e-8 dB.
 */
export function decibels(power: v128): v128 {
  const x = f32x4.pmax(power, f32x4.splat(SMALLEST_POWER));
  const exponentBits = i32x4.shr_s(i32x4.sub(x, i32x4.splat(ROOT_HALF_BITS)), 23);
  const mantissa = i32x4.sub(x, i32x4.shl(exponentBits, 23));
  const exponent = f32x4.convert_i32x4_s(exponentBits);
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one));
  const z = f32x4.mul(s, s);
  let series = f32x4.splat(SERIES_9);
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(SERIES_7));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(SERIES_5));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(SERIES_3));
  series = f32x4.add(f32x4.mul(series, z), f32x4.splat(SERIES_1));
  const small = f32x4.add(f32x4.mul(exponent, f32x4.splat(OCTAVE_LOW)), f32x4.mul(series, s));
  return f32x4.add(f32x4.mul(exponent, f32x4.splat(OCTAVE_HIGH)), small);
}

/** log2 of a positive normal double, to about 1e-14, by the same series. */
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

/** The largest of the four lanes. */
export function largestLane(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}
