import { applyBank } from './bank';
import { fftLength, melBands, melBank, melExponent, spectrumBuffer } from './plan';

/** |X|^exponent from |X|^2; returns where the result lies. */
function raiseSpectrum(power: usize): usize {
  if (melExponent === 2) return power;
  const end = power + ((<usize>(fftLength >> 1) + 1) << 4);
  let target = spectrumBuffer;
  if (melExponent === 1) {
    for (let bin = power; bin < end; bin += 16, target += 16) {
      v128.store(target, f32x4.sqrt(v128.load(bin)));
    }
  } else {
    const half = melExponent * 0.5;
    for (let value = power; value < end; value += 4, target += 4) {
      store<f32>(target, Mathf.pow(load<f32>(value), half));
    }
  }
  return spectrumBuffer;
}

/** Mel bands of one block; returns the largest value of each lane, at least `largest`. */
export function melOfBlock(power: usize, target: usize, largest: v128): v128 {
  applyBank(melBands, melBank, raiseSpectrum(power), target);
  const end = target + ((<usize>melBands) << 4);
  for (let band = target; band < end; band += 16) {
    largest = f32x4.pmax(largest, v128.load(band));
  }
  return largest;
}
