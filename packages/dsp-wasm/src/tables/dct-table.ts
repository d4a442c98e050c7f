import type { MfccConfig } from '../feature-config.ts';

/**
 * Rows of the orthonormal DCT-II, cut to the first half (rounded up) of the bands, with the lifter
 * 1 + L/2 sin(pi (i + 1) / L) multiplied in. Formula: c_i = s_i sum x_n cos(pi i (2n + 1) / 2N),
 * s_0 = sqrt(1/N), s_i = sqrt(2/N); lifter from HTK book 3.4, section 5.6.
 */
export function buildDctTable({ coefficients, lifter }: MfccConfig, bands: number): Float32Array {
  const half = Math.ceil(bands / 2);
  const table = new Float32Array(coefficients * half);
  for (let i = 0; i < coefficients; i++) {
    const lift = lifter > 0 ? 1 + (lifter / 2) * Math.sin((Math.PI * (i + 1)) / lifter) : 1;
    const scale = lift * Math.sqrt((i === 0 ? 1 : 2) / bands);
    for (let n = 0; n < half; n++) {
      table[i * half + n] = scale * Math.cos((Math.PI * i * (2 * n + 1)) / (2 * bands));
    }
  }
  return table;
}
