import { type BankRow, toBankRow } from './sparse-bank.ts';

const concertPitchHz = 440;
const centreOctave = 5;
const octaveWidth = 2;
/** Weights below this share of their bin's largest cannot be seen in float32 results. */
const smallestShare = 1e-9;

/** A non-negative remainder, for either sign of x. */
function wrap(x: number, period: number): number {
  return x - period * Math.floor(x / period);
}

/** Half to even, as numpy rounds. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Chroma filters: one row a pitch class, starting at C. Every bin spreads over the classes as a
 * Gaussian of its distance, columns have Euclidean norm 1, and octaves are weighed by a Gaussian
 * about octave 5. Formula: Ellis, "Chroma feature analysis and synthesis" (2007), as in librosa.
 *
 * @param tuning deviation from A440 in fractions of a class.
 */
export function buildChromaBank(
  bins: number,
  tuning: number,
  sampleRateHz: number,
  fftLength: number,
): BankRow[] {
  const lowestAHz = (concertPitchHz * 2 ** (tuning / bins)) / 16;
  const spectrumBins = fftLength / 2 + 1;
  const positions = Array.from(
    { length: spectrumBins + 1 },
    (_, bin) => bins * Math.log2((bin * sampleRateHz) / fftLength / lowestAHz),
  );
  positions[0] = positions[1]! - 1.5 * bins;

  const halfTurn = roundHalfToEven(bins / 2);
  const rows = Array.from({ length: bins }, () => new Float64Array(spectrumBins));
  const floors = new Float64Array(spectrumBins);
  for (let bin = 0; bin < spectrumBins; bin++) {
    const position = positions[bin]!;
    const width = Math.max(1, positions[bin + 1]! - position);
    let squares = 0;
    let largest = 0;
    for (let pitchClass = 0; pitchClass < bins; pitchClass++) {
      const distance = wrap(position - pitchClass + halfTurn + 10 * bins, bins) - halfTurn;
      const bump = Math.exp(-0.5 * ((2 * distance) / width) ** 2);
      rows[pitchClass]![bin] = bump;
      squares += bump * bump;
      largest = Math.max(largest, bump);
    }
    const octave = Math.exp(-0.5 * ((position / bins - centreOctave) / octaveWidth) ** 2);
    const scale = octave / Math.sqrt(squares);
    for (const row of rows) row[bin]! *= scale;
    floors[bin] = smallestShare * largest * scale;
  }

  const rotation = 3 * Math.floor(bins / 12);
  return Array.from({ length: bins }, (_, row) => {
    const weights = rows[(row + rotation) % bins]!;
    return toBankRow(weights, (bin) => weights[bin]! > floors[bin]!);
  });
}
