/** How the samples before one predict it. */
export interface LinearPredictor {
  /** Whole numbers, that of the nearest sample first. */
  coefficients: readonly number[];
  /** The weighted sum is divided by 2 to this power and rounded down. */
  shift: number;
  /** Of a sample. */
  bits: number;
}

const mostFastTaps = 12;

/**
 * Adds to every residual what the samples before it predict. The first samples, as many as there are
 * coefficients, stay as they are.
 */
export function addPredictions(samples: Float64Array, predictor: LinearPredictor): void {
  const { coefficients, bits } = predictor;
  const sum = coefficients.reduce((total, coefficient) => total + Math.abs(coefficient), 0);
  const fits = bits <= 25 && sum * 2 ** (bits - 1) < 2 ** 31;
  if (fits && coefficients.length <= mostFastTaps) addPredictionsIn32Bits(samples, predictor);
  else addWidePredictions(samples, predictor);
}

/** With sums of up to 53 bits, which doubles hold exactly. */
function addWidePredictions(samples: Float64Array, { coefficients, shift }: LinearPredictor): void {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  for (let index = order; index < samples.length; index++) {
    let sum = 0;
    // The oldest first: the sum waits for the newest sample in its last step alone.
    for (let tap = order - 1; tap >= 0; tap--)
      sum += coefficients[tap]! * samples[index - 1 - tap]!;
    samples[index]! += Math.floor(sum * scale);
  }
}

/**
 * With sums that fit 32 bits, as those of 16-bit audio do. Coefficients and the last samples stand in
 * variables: three times as fast, and decoding FLAC is mostly this.
 */
function addPredictionsIn32Bits(
  samples: Float64Array,
  { coefficients, shift }: LinearPredictor,
): void {
  const order = coefficients.length;
  const c = new Int32Array(mostFastTaps);
  c.set(coefficients);
  const h = new Int32Array(mostFastTaps);
  for (let tap = 0; tap < order; tap++) h[tap] = samples[order - 1 - tap]!;
  // One by one: out of a destructured array the engine would take doubles, at half the speed.
  const c0 = c[0]!;
  const c1 = c[1]!;
  const c2 = c[2]!;
  const c3 = c[3]!;
  const c4 = c[4]!;
  const c5 = c[5]!;
  const c6 = c[6]!;
  const c7 = c[7]!;
  const c8 = c[8]!;
  const c9 = c[9]!;
  const c10 = c[10]!;
  const c11 = c[11]!;
  let h0 = h[0]!;
  let h1 = h[1]!;
  let h2 = h[2]!;
  let h3 = h[3]!;
  let h4 = h[4]!;
  let h5 = h[5]!;
  let h6 = h[6]!;
  let h7 = h[7]!;
  let h8 = h[8]!;
  let h9 = h[9]!;
  let h10 = h[10]!;
  let h11 = h[11]!;
  for (let index = order; index < samples.length; index++) {
    const far =
      (Math.imul(c11, h11) + Math.imul(c10, h10) + Math.imul(c9, h9) + Math.imul(c8, h8)) | 0;
    const middle =
      (Math.imul(c7, h7) + Math.imul(c6, h6) + Math.imul(c5, h5) + Math.imul(c4, h4)) | 0;
    const near = (Math.imul(c3, h3) + Math.imul(c2, h2) + Math.imul(c1, h1)) | 0;
    const prediction = ((far + middle + near + Math.imul(c0, h0)) | 0) >> shift;
    const sample = ((samples[index]! | 0) + prediction) | 0;
    samples[index] = sample;
    h11 = h10;
    h10 = h9;
    h9 = h8;
    h8 = h7;
    h7 = h6;
    h6 = h5;
    h5 = h4;
    h4 = h3;
    h3 = h2;
    h2 = h1;
    h1 = h0;
    h0 = sample;
  }
}
