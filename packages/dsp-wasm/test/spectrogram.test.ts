import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../../test/goldens/signals.ts';
import { type Dsp, loadDsp } from '../src/index.ts';
import { findDifference } from './find-difference.ts';

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

function powerOf(frame: Float32Array, bin: number): number {
  let [re, im] = [0, 0];
  for (const [n, x] of frame.entries()) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frame.length);
    re += window * x * Math.cos((2 * Math.PI * bin * n) / frame.length);
    im += window * x * Math.sin((2 * Math.PI * bin * n) / frame.length);
  }
  return re * re + im * im;
}

describe('createSpectrogram', () => {
  it.each([32, 64, 128, 256, 50, 54, 400, 480])(
    'gives the power of every bin of %i samples',
    (fftLength) => {
      const samples = noise(7 * fftLength, 0.5, 6);
      const options = { fftLength, hopLength: fftLength / 2, center: false };
      const { data, frames, features } = dsp.createSpectrogram(options).compute(samples);
      expect([frames, features]).toEqual([13, fftLength / 2 + 1]);
      for (let frame = 0; frame < frames; frame++) {
        const start = (frame * fftLength) / 2;
        for (let bin = 0; bin < features; bin++) {
          const expected = powerOf(samples.subarray(start, start + fftLength), bin);
          expect(data[frame * features + bin]! / expected).toBeCloseTo(1, 5);
        }
      }
    },
  );

  it('goes on over clips longer than a segment', () => {
    const options = { fftLength: 64, hopLength: 2, center: false };
    const samples = noise(10000, 0.5, 6);
    const spectrogram = dsp.createSpectrogram(options);
    const whole = spectrogram.compute(samples);
    const late = spectrogram.compute(samples.subarray(9000));
    expect(whole.frames).toBe(4969);
    expect(findDifference(whole.data.subarray(4500 * whole.features), late.data)).toBe(-1);
  });

  it('leaves out the last frame where it is to go', () => {
    const samples = noise(1000, 0.5, 6);
    const options = { fftLength: 400, hopLength: 160 };
    const whole = dsp.createSpectrogram(options).compute(samples);
    const dropped = dsp.createSpectrogram({ ...options, dropLastFrame: true }).compute(samples);
    expect([whole.frames, dropped.frames]).toEqual([7, 6]);
    expect(findDifference(dropped.data, whole.data.subarray(0, dropped.data.length))).toBe(-1);
  });

  it('refuses bad input', () => {
    expect(() => dsp.createSpectrogram({ fftLength: 98 })).toThrow('fftLength is 98');
    expect(() => dsp.createSpectrogram().compute(new Float32Array(0))).toThrow('0 samples');
  });
});
