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
  const columns = Array.from({ length: spectrumBins }, (_, bin) => {
    const position = positions[bin]!;
    const width = Math.max(1, positions[bin + 1]! - position);
    const bumps = Array.from({ length: bins }, (_, pitchClass) => {
      const distance = wrap(position - pitchClass + halfTurn + 10 * bins, bins) - halfTurn;
      return Math.exp(-0.5 * ((2 * distance) / width) ** 2);
    });
    const norm = Math.hypot(...bumps);
    const octave = Math.exp(-0.5 * ((position / bins - centreOctave) / octaveWidth) ** 2);
    return bumps.map((bump) => (bump / norm) * octave);
  });
  const floors = columns.map((column) => smallestShare * Math.max(...column));

  const rotation = 3 * Math.floor(bins / 12);
  return Array.from({ length: bins }, (_, row) => {
    const pitchClass = (row + rotation) % bins;
    const weights = columns.map((column) => column[pitchClass]!);
    return toBankRow(weights, (bin) => weights[bin]! > floors[bin]!);
  });
}
