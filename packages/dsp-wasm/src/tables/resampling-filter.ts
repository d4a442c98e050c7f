/** Share of the lower Nyquist frequency that passes unchanged. */
const passbandEdge = 0.9;
const stopbandDb = 104;
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
 * The low-pass in samples of the lower rate, where it is the same for every ratio: a windowed sinc
 * whose transition band ends at the Nyquist frequency. Formula: Kaiser window, beta = 0.1102 (A - 8.7),
 * length from A = 2.285 (taps - 1) width + 7.95 (Kaiser 1974).
 */
const width = 0.5 * (1 - passbandEdge);
const cutoff = 0.5 - width / 2;
const halfLength = ((stopbandDb - 7.95) / (2.285 * 2 * Math.PI * width) + 1) / 2;

/** Points of the tabulated low-pass in a sample; cubics between them are exact to 1e-10. */
const pointsPerSample = 512;

function tabulateLowPass(): Float64Array {
  const beta = 0.1102 * (stopbandDb - 8.7);
  const scale = 1 / besselI0(beta);
  const points = Math.ceil(halfLength * pointsPerSample) + 4;
  return Float64Array.from({ length: points }, (_, i) => {
    const t = (i - 1) / pointsPerSample;
    const edge = 1 - (t / halfLength) ** 2;
    if (edge <= 0) return 0;
    const angle = 2 * Math.PI * cutoff * t;
    return (t === 0 ? 1 : Math.sin(angle) / angle) * besselI0(beta * Math.sqrt(edge)) * scale;
  });
}

let lowPassTable: Float64Array | undefined;

/** The low-pass at t samples of the lower rate from its centre. */
function lowPass(table: Float64Array, t: number): number {
  const position = Math.abs(t) * pointsPerSample;
  const i = Math.floor(position);
  if (i + 3 >= table.length) return 0;
  const x = position - i;
  const a = table[i]!;
  const b = table[i + 1]!;
  const c = table[i + 2]!;
  const d = table[i + 3]!;
  const slope = (c - a) / 2;
  const third = (d - a) / 6 + (b - c) / 2;
  const second = (a + c) / 2 - b;
  return b + x * (slope - third + x * (second + x * third));
}

/** For rates that rise, where it is the same for every ratio that is not exact. */
let risingFilter: ResamplingFilter | undefined;

/** The filter for a ratio of rates up / down in lowest terms. Each phase passes a constant unchanged. */
export function buildResamplingFilter(up: number, down: number): ResamplingFilter {
  if (up === down) return buildIdentity();
  const isExact = up <= mostExactRows;
  if (isExact || up < down) {
    return tabulateFilter({
      ratio: Math.min(1, up / down),
      rows: isExact ? up : mostExactRows,
      isExact,
    });
  }
  risingFilter ??= tabulateFilter({ ratio: 1, rows: mostExactRows, isExact });
  return risingFilter;
}

function tabulateFilter({
  ratio,
  rows,
  isExact,
}: {
  /** Of the lower rate to that of the samples given. */
  ratio: number;
  rows: number;
  isExact: boolean;
}): ResamplingFilter {
  lowPassTable ??= tabulateLowPass();
  const taps = tapGranularity * Math.ceil((2 * halfLength) / ratio / tapGranularity);
  const coefficients = new Float32Array((isExact ? rows : rows + 1) * taps);
  const row = new Float64Array(taps);
  for (let start = 0; start < coefficients.length; start += taps) {
    const mirrored = rows * taps - start;
    if (mirrored < start) {
      // The low-pass is even: this row is one before it, turned round.
      const turned = coefficients.slice(mirrored, mirrored + taps).reverse();
      coefficients.set(turned, start);
      continue;
    }
    const phase = start / taps / rows;
    let sum = 0;
    for (let j = 0; j < taps; j++) {
      row[j] = lowPass(lowPassTable, (phase + taps / 2 - 1 - j) * ratio);
      sum += row[j]!;
    }
    for (let j = 0; j < taps; j++) coefficients[start + j] = row[j]! / sum;
  }
  return { taps, rows, isExact, coefficients };
}
