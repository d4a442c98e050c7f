import { beforeAll, describe, expect, it } from 'vitest';
import { fade, syntheticSignals } from '../../../test/goldens/signals.ts';
import { type Dsp, loadDsp } from '../src/index.ts';
import { readGoldenText } from './goldens.ts';

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

/** What is left once the best-fitting sine of one frequency is taken away. */
function withoutSine(samples: Float32Array, step: number, start: number): Float32Array {
  let [ss, sc, cc, xs, xc] = [0, 0, 0, 0, 0];
  for (const [n, x] of samples.entries()) {
    const [s, c] = [Math.sin(step * (n + start)), Math.cos(step * (n + start))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    xs += x * s;
    xc += x * c;
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(xs * cc - xc * sc) / determinant, (xc * ss - xs * sc) / determinant];
  return samples.map(
    (x, n) => x - a * Math.sin(step * (n + start)) - b * Math.cos(step * (n + start)),
  );
}

const ratios = [
  [48000, 22050],
  [44100, 22050],
  [48000, 16000],
  [16000, 22050],
  [11025, 22050],
  [22050, 48000],
  [8000, 44100],
  [44101, 22051],
  [22050, 23999],
] as const;

function sine(length: number, hz: number, rateHz: number): Float32Array {
  return new Float32Array(length).map((_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rateHz));
}

function decibels(amplitude: number): number {
  return 20 * Math.log10(amplitude);
}

/** Samples away from both ends, where the filter sees no zeros of the outside. */
function middleOf(samples: Float32Array): [Float32Array, number] {
  const margin = Math.floor(samples.length / 4);
  return [samples.subarray(margin, samples.length - margin), margin];
}

function rootMeanSquare(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

describe.each(ratios)('resampling from %i to %i Hz', (fromHz, toHz) => {
  const nyquistHz = Math.min(fromHz, toHz) / 2;

  it.each([0.01, 0.3, 0.7, 0.9])('passes %f of the band in place, within 0.01 dB', (share) => {
    const hz = share * nyquistHz;
    const output = dsp.resample(sine(fromHz / 2, hz, fromHz), { fromHz, toHz });
    const [middle, margin] = middleOf(output);
    const error = middle.map(
      (value, n) => value - 0.5 * Math.sin((2 * Math.PI * hz * (n + margin)) / toHz),
    );
    expect(decibels(1 + rootMeanSquare(error) / (0.5 * Math.SQRT1_2))).toBeLessThan(0.01);
  });

  it.each(toHz < fromHz ? [1.001, 1.1, 1.7] : [])(
    'keeps aliases of %f of the band below -100 dB',
    (share) => {
      const hz = Math.min(share * nyquistHz, fromHz / 2);
      const output = dsp.resample(sine(fromHz / 2, hz, fromHz), { fromHz, toHz });
      expect(decibels(rootMeanSquare(middleOf(output)[0]) / (0.5 * Math.SQRT1_2))).toBeLessThan(
        -100,
      );
    },
  );

  it('keeps images below -100 dB', () => {
    const hz = 0.85 * nyquistHz;
    const [middle, margin] = middleOf(dsp.resample(sine(fromHz / 2, hz, fromHz), { fromHz, toHz }));
    const residue = withoutSine(middle, (2 * Math.PI * hz) / toHz, margin);
    expect(decibels(rootMeanSquare(residue) / (0.5 * Math.SQRT1_2))).toBeLessThan(-100);
  });

  it('gives ceil(n * to / from) samples', () => {
    for (const length of [1, 2, 3, 999, 1000]) {
      expect(dsp.resample(new Float32Array(length), { fromHz, toHz }).length).toBe(
        Math.ceil((length * toHz) / fromHz),
      );
    }
  });

  it('keeps a constant', () => {
    const [middle] = middleOf(dsp.resample(new Float32Array(4000).fill(0.75), { fromHz, toHz }));
    expect(Math.max(...middle.map((x) => Math.abs(x - 0.75)))).toBeLessThan(1e-6);
  });
});

interface GoldenResampling {
  fromHz: number;
  toHz: number;
  samples: number;
  length: number;
  stride: number;
  values: number[];
}

describe('against soxr VHQ', () => {
  const goldens = readGoldenText('resampling.json') as GoldenResampling[];

  it.each(goldens)('a chirp of $samples samples, $fromHz to $toHz Hz', (golden) => {
    const { fromHz, toHz, samples, length, stride, values } = golden;
    const chirp = fade(syntheticSignals.chirp!().subarray(0, samples));
    const output = dsp.resample(chirp, { fromHz, toHz });
    expect(Math.abs(output.length - length)).toBeLessThanOrEqual(1);
    const errors = values.map((value, i) => Math.abs(value - output[stride * (i + 1)]!));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
});

describe('resample', () => {
  it('returns a copy at the same rate', () => {
    const samples = sine(1000, 440, 22050);
    const output = dsp.resample(samples, { fromHz: 22050, toHz: 22050 });
    expect(output).toEqual(samples);
    expect(output).not.toBe(samples);
  });

  it('refuses bad input', () => {
    const rates = { fromHz: 48000, toHz: 22050 };
    expect(() => dsp.resample(new Float32Array(0), rates)).toThrow('0 samples');
    expect(() => dsp.resample(new Float32Array([1, Number.NaN]), rates)).toThrow('Sample 1');
    expect(() => dsp.resample(new Float32Array(9), { fromHz: 48000, toHz: 0 })).toThrow(
      'toHz is 0',
    );
    expect(() => dsp.resample(new Float32Array(9), { fromHz: 44.1, toHz: 8000 })).toThrow(
      'fromHz is 44.1',
    );
    expect(() => dsp.resample(new Float32Array(9), { fromHz: 48000, toHz: 100 })).toThrow(
      'toHz is 100; it must be within a factor of 256 of fromHz (48000)',
    );
  });
});
