import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/goldens/signals.ts';
import { FourierFrames } from '../src/fourier-frames.ts';
import { compileKernels } from '../src/kernels.ts';

// All roads of the kernels: halves of 4^n, 2 · 4^n, odd, and with threes and fives.
const lengths = [32, 64, 1024, 2048, 50, 54, 90, 250, 400, 480, 1000, 1200, 1350, 2592, 62500];

describe.each(lengths)('frames of %i samples', (fftLength) => {
  it('transform as the definition says, and back', async () => {
    const fourier = new FourierFrames(await compileKernels(), new Float64Array(fftLength).fill(1));
    const signal = noise(2 * fftLength, 1, 4);
    fourier.frames.set(signal);
    const spectra = fourier.transform();
    const half = fftLength / 2;
    const bins = [0, 1, 5, half >> 1, (half >> 1) + 1, half - 1, half];
    for (const bin of bins) {
      for (const frame of [0, 1]) {
        let [re, im] = [0, 0];
        for (let n = 0; n < fftLength; n++) {
          const angle = (-2 * Math.PI * ((bin * n) % fftLength)) / fftLength;
          re += signal[frame * fftLength + n]! * Math.cos(angle);
          im += signal[frame * fftLength + n]! * Math.sin(angle);
        }
        expect(spectra[4 * bin + frame]).toBeCloseTo(re, 9);
        expect(spectra[4 * bin + 2 + frame]).toBeCloseTo(im, 9);
      }
    }
    const errors = fourier.invert().map((value, n) => Math.abs(value - signal[n]!));
    expect(errors.reduce((worst, error) => Math.max(worst, error))).toBeLessThan(1e-13);
  });
});
