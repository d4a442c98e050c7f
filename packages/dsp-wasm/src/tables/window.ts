import type { WindowName } from '../feature-config.ts';

const cosineTerms: Record<WindowName, readonly number[]> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  ones: [1],
};

/**
 * A periodic window of `winLength` samples, centred in `fftLength` samples of zeros.
 * Formula: sum over i of (-1)^i a_i cos(2 pi i n / winLength); Harris 1978.
 */
export function buildWindow(name: WindowName, winLength: number, fftLength: number): Float64Array {
  const window = new Float64Array(fftLength);
  const start = Math.floor((fftLength - winLength) / 2);
  for (let n = 0; n < winLength; n++) {
    window[start + n] = cosineTerms[name].reduce(
      (sum, term, i) =>
        sum + (i % 2 === 0 ? term : -term) * Math.cos((2 * Math.PI * i * n) / winLength),
      0,
    );
  }
  return window;
}
