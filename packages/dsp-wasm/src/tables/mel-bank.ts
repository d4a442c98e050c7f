import type { FeatureConfig, MelConfig } from '../feature-config.ts';
import { type BankRow, toBankRow } from './sparse-bank.ts';

interface MelScale {
  toMel(hz: number): number;
  toHz(mel: number): number;
}

const htk: MelScale = {
  toMel: (hz) => 2595 * Math.log10(1 + hz / 700),
  toHz: (mel) => 700 * (10 ** (mel / 2595) - 1),
};

/** Slaney's Auditory Toolbox (1998): 200/3 Hz a mel up to 1 kHz, then 27 mels each factor of 6.4. */
const slaney: MelScale = {
  toMel: (hz) => (hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4)),
  toHz: (mel) => (mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27)),
};

/** Edges of all filters: band b rises from edge b to edge b + 1 and falls to edge b + 2. */
function listEdgesHz(mel: MelConfig, sampleRateHz: number): number[] {
  const scale = mel.scale === 'htk' ? htk : slaney;
  const first = scale.toMel(mel.fMinHz);
  const last = scale.toMel(mel.fMaxHz ?? sampleRateHz / 2);
  return Array.from({ length: mel.bands + 2 }, (_, i) =>
    scale.toHz(first + ((last - first) * i) / (mel.bands + 1)),
  );
}

/** Frequency at the peak of every mel filter of a config, in Hz. */
export function listMelCentresHz({
  mel,
  sampleRateHz,
}: Pick<FeatureConfig, 'mel' | 'sampleRateHz'>): number[] {
  return listEdgesHz(mel, sampleRateHz).slice(1, -1);
}

/**
 * Triangular filters on the mel scale; one row a band.
 * Formula: Slaney 1998 and HTK book 3.4, section 5.6; norm 'slaney' divides by half the width in Hz.
 */
export function buildMelBank(mel: MelConfig, sampleRateHz: number, fftLength: number): BankRow[] {
  const edges = listEdgesHz(mel, sampleRateHz);
  const binHz = sampleRateHz / fftLength;
  return Array.from({ length: mel.bands }, (_, band) => {
    const [low, peak, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    const scale = mel.norm === 'slaney' ? 2 / (high - low) : 1;
    const weights = Array.from({ length: fftLength / 2 + 1 }, (_, bin) => {
      const hz = bin * binHz;
      const rising = (hz - low) / (peak - low);
      const falling = (high - hz) / (high - peak);
      return scale * Math.max(0, Math.min(rising, falling));
    });
    return toBankRow(weights, (bin) => weights[bin]! > 0);
  });
}

/** Index of the first filter that no bin falls into; a filter that starts at 0 Hz may be empty. */
export function findEmptyMelBand(
  mel: MelConfig,
  sampleRateHz: number,
  fftLength: number,
): number | undefined {
  const edges = listEdgesHz(mel, sampleRateHz);
  const binHz = sampleRateHz / fftLength;
  for (let band = 0; band < mel.bands; band++) {
    const firstBinAbove = Math.floor(edges[band]! / binHz) + 1;
    if (edges[band] !== 0 && firstBinAbove * binHz >= edges[band + 2]!) return band;
  }
  return undefined;
}
