import { invertSpectra, transformFrames } from './fourier';
import { Transform } from './transform';

/**
 * One bin of a phase vocoder: the first spectrum gets the output's value, the second nothing, and the
 * bin's phasor turns on as far as the phase turns from the first spectrum to the second.
 */
function turnBin(value: usize, phasor: usize, share: f64, isFirst: i32): void {
  const one = f64x2.splat(1);
  const re = v128.load(value, 0);
  const im = v128.load(value, 16);
  const length = f64x2.sqrt(f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im)));
  // A bin without length has phase 0.
  const isZero = f64x2.eq(length, f64x2.splat(0));
  const divisor = v128.bitselect(one, length, isZero);
  const unitRe = v128.bitselect(one, f64x2.div(re, divisor), isZero);
  const unitIm = f64x2.div(im, divisor);
  const fromRe = f64x2.extract_lane(unitRe, 0);
  const fromIm = f64x2.extract_lane(unitIm, 0);
  const toRe = f64x2.extract_lane(unitRe, 1);
  const toIm = f64x2.extract_lane(unitIm, 1);
  const phaseRe = isFirst ? fromRe : load<f64>(phasor, 0);
  const phaseIm = isFirst ? fromIm : load<f64>(phasor, 8);

  const magnitude =
    (1 - share) * f64x2.extract_lane(length, 0) + share * f64x2.extract_lane(length, 1);
  store<f64>(value, magnitude * phaseRe, 0);
  store<f64>(value, 0, 8);
  store<f64>(value, magnitude * phaseIm, 16);
  store<f64>(value, 0, 24);

  const turnRe = toRe * fromRe + toIm * fromIm;
  const turnIm = toIm * fromRe - toRe * fromIm;
  const turnedRe = phaseRe * turnRe - phaseIm * turnIm;
  const turnedIm = phaseRe * turnIm + phaseIm * turnRe;
  const norm = 1 / Math.sqrt(turnedRe * turnedRe + turnedIm * turnedIm);
  store<f64>(phasor, turnedRe * norm, 0);
  store<f64>(phasor, turnedIm * norm, 8);
}

/**
 * The output frame of a phase vocoder that reads its input between two neighbouring frames, at a share
 * of the way from A to B. Phasors, 16 bytes a bin, go from call to call; the first call sets them.
 * Spectra and target are as in fourier.ts; the frame is the first signal of the target.
 */
export function vocodeFrame(
  transform: Transform,
  frameA: usize,
  frameB: usize,
  spectra: usize,
  phasors: usize,
  share: f64,
  isFirst: i32,
  target: usize,
): void {
  transformFrames(transform, frameA, frameB, spectra);
  const bins = <usize>(transform.length >> 1) + 1;
  for (let bin: usize = 0; bin < bins; bin++) {
    turnBin(spectra + (bin << 5), phasors + (bin << 4), share, isFirst);
  }
  invertSpectra(transform, spectra, target);
}
