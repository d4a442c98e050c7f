/** Share of the lower Nyquist frequency that passes unchanged. */
const passbandEdge = 0.9;
const stopbandDb = 108;
const tapGranularity = 8;

/** A low-pass filter cut into phases, each a row of `taps` coefficients. */
export interface ResamplingFilter {
  taps: number;
  /** Rows tabulated; when `isExact` is false one more follows, the first delayed by a sample. */
  rows: number;
  isExact: boolean;
  coefficients: Float32Array;
}

/** Modified Bessel function of the first kind and order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

const mostExactRows = 1024;

function buildIdentity(): ResamplingFilter {
  const coefficients = new Float32Array(tapGranularity);
  coefficients[tapGranularity / 2 - 1] = 1;
  return { taps: tapGranularity, rows: 1, isExact: true, coefficients };
}

/**
 * Windowed-sinc low-pass for a ratio of rates up / down in lowest terms. The transition band ends at
 * the lower of both Nyquist frequencies. Formula: Kaiser window, beta = 0.1102 (A - 8.7), length from
 * A = 2.285 (taps - 1) width + 7.95 (Kaiser 1974).
 */
export function buildResamplingFilter(up: number, down: number): ResamplingFilter {
  if (up === down) return buildIdentity();
  // Frequencies are in cycles per input sample.
  const nyquist = 0.5 * Math.min(1, up / down);
  const width = nyquist * (1 - passbandEdge);
  const cutoff = nyquist - width / 2;
  const beta = 0.1102 * (stopbandDb - 8.7);
  const wanted = (stopbandDb - 7.95) / (2.285 * 2 * Math.PI * width) + 1;
  const taps = tapGranularity * Math.ceil(wanted / tapGranularity);
  const half = taps / 2;
  const isExact = up <= mostExactRows;
  const rows = isExact ? up : mostExactRows;
  const scale = 1 / besselI0(beta);

  const coefficients = new Float32Array((isExact ? rows : rows + 1) * taps);
  const row = new Float64Array(taps);
  for (let start = 0; start < coefficients.length; start += taps) {
    const phase = start / taps / rows;
    let sum = 0;
    for (let j = 0; j < taps; j++) {
      const t = phase + half - 1 - j;
      const edge = 1 - (t / half) ** 2;
      const sinc = t === 0 ? 1 : Math.sin(2 * Math.PI * cutoff * t) / (2 * Math.PI * cutoff * t);
      row[j] = edge > 0 ? sinc * besselI0(beta * Math.sqrt(edge)) * scale : 0;
      sum += row[j]!;
    }
    for (let j = 0; j < taps; j++) coefficients[start + j] = row[j]! / sum;
  }
  return { taps, rows, isExact, coefficients };
}
