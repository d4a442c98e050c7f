import type { FeatureConfig } from '../feature-config.ts';
import { roundHalfToEven } from './chroma-bank.ts';

/** Bins first … end - 1 of a sub-band, and how many of them its peak and valley average. */
export interface ContrastBand {
  first: number;
  end: number;
  count: number;
}

/**
 * Octave bands of spectral contrast. Each but the lowest also takes the bin below it, each but the
 * highest gives up its last bin, the highest reaches to half the sample rate, and the count of
 * averaged bins is rounded half to even before a bin is given up. Formula: Jiang et al., "Music type
 * classification by spectral contrast feature" (2002), as in librosa.
 */
export function listContrastBands({
  contrast,
  sampleRateHz,
  fftLength,
}: Pick<FeatureConfig, 'contrast' | 'sampleRateHz' | 'fftLength'>): ContrastBand[] {
  const binHz = sampleRateHz / fftLength;
  const lastBin = fftLength / 2;
  return Array.from({ length: contrast.bands + 1 }, (_, band) => {
    const lowHz = band === 0 ? 0 : contrast.fMinHz * 2 ** (band - 1);
    const highHz = contrast.fMinHz * 2 ** band;
    const isLowest = band === 0;
    const isHighest = band === contrast.bands;
    const firstInside = Math.ceil(lowHz / binHz);
    const lastInside = Math.min(lastBin, Math.floor(highHz / binHz));
    if (firstInside > lastInside) return { first: 0, end: 0, count: 0 };
    const first = isLowest ? firstInside : firstInside - 1;
    const taken = (isHighest ? lastBin : lastInside) + 1;
    const end = isHighest ? taken : taken - 1;
    const wanted = Math.max(1, roundHalfToEven(contrast.quantile * (taken - first)));
    return { first, end, count: Math.min(wanted, end - first) };
  });
}
