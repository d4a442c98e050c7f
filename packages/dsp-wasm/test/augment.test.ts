import { beforeAll, describe, expect, it } from 'vitest';
import { noise, syntheticSignals, tone, voice } from '../../../test/goldens/signals.ts';
import {
  addNoise,
  applyGain,
  type Dsp,
  limitBand,
  loadDsp,
  setLevel,
  tiltSpectrum,
} from '../src/index.ts';
import { readGoldenText } from './goldens.ts';

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

const a440 = [0.9921503749551901, 0.1250505236945281] as const;

function power(samples: Float32Array): number {
  return samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
}

function pitchOf(samples: Float32Array): number {
  const { data } = dsp
    .createExtractor({ sets: ['f0'], f0: { fMinHz: 100, fMaxHz: 2000 } })
    .extract(samples);
  return data[2 * Math.floor(data.length / 4)]!;
}

interface GoldenStretch {
  signal: string;
  rate: number;
  length: number;
  stride: number;
  largest: number;
  values: number[];
}

describe('stretchTime', () => {
  it.each(readGoldenText('stretching.json') as GoldenStretch[])(
    "gives librosa's samples: $signal at rate $rate",
    ({ signal, rate, length, stride, largest, values }) => {
      const output = dsp.stretchTime(syntheticSignals[signal]!(), { rate });
      expect(output.length).toBe(length);
      const errors = values.map((value, i) => Math.abs(value - output[stride * i]!));
      expect(Math.max(...errors)).toBeLessThan(1e-4 * largest);
    },
  );

  it('keeps the signal at rate 1', () => {
    const samples = voice(9000, 0.01);
    const errors = dsp.stretchTime(samples, { rate: 1 }).map((x, n) => x - samples[n]!);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-6);
  });

  it('keeps the pitch', () => {
    const output = dsp.stretchTime(tone(20000, 0.5, a440), { rate: 0.7 });
    expect(output.length).toBe(28571);
    expect(pitchOf(output)).toBeCloseTo(440, 0);
  });

  it('stretches silence and one sample', () => {
    expect(dsp.stretchTime(new Float32Array(1000), { rate: 2 })).toEqual(new Float32Array(500));
    expect(dsp.stretchTime(new Float32Array([0.5]), { rate: 1 })[0]).toBeCloseTo(0.5, 6);
  });

  it('refuses bad input', () => {
    expect(() => dsp.stretchTime(new Float32Array(0), { rate: 1 })).toThrow('0 samples');
    expect(() => dsp.stretchTime(new Float32Array([Number.NaN]), { rate: 1 })).toThrow('Sample 0');
    expect(() => dsp.stretchTime(new Float32Array(9), { rate: 0 })).toThrow('rate is 0');
  });
});

describe('shiftPitch', () => {
  it.each([-7, -0.5, 3, 12])('moves a tone by %f semitones', (semitones) => {
    const output = dsp.shiftPitch(tone(30000, 0.5, a440), { semitones });
    expect(output.length).toBe(30000);
    expect(12 * Math.log2(pitchOf(output) / 440)).toBeCloseTo(semitones, 1);
    // Bins of one tone drift apart in phase where frames are read slowly; that costs some level.
    const level = power(output.subarray(4000, 26000)) / 0.125;
    expect(level).toBeGreaterThan(0.7);
    expect(level).toBeLessThan(1.01);
  });

  it('refuses too wide an interval', () => {
    expect(() => dsp.shiftPitch(new Float32Array(9), { semitones: 25 })).toThrow('semitones is 25');
  });
});

describe('changeSpeed', () => {
  it('moves pitch and length', () => {
    const output = dsp.changeSpeed(tone(22000, 0.5, a440), { factor: 1.1 });
    expect(output.length).toBe(20000);
    expect(pitchOf(output)).toBeCloseTo(484, 0);
  });

  it('refuses a factor out of range', () => {
    expect(() => dsp.changeSpeed(new Float32Array(9), { factor: 5 })).toThrow('factor is 5');
  });
});

describe('addReverb', () => {
  const options = { sampleRateHz: 22050, decaySec: 0.3, seed: 5 };

  it('answers an impulse by the room', () => {
    const samples = new Float32Array(12000);
    samples[100] = 1;
    const output = dsp.addReverb(samples, { ...options, wetDb: -6 });
    expect(output[100]).toBeCloseTo(1, 6);
    expect(Math.max(...output.subarray(0, 100).map(Math.abs))).toBeLessThan(1e-6);
    const tail = output.subarray(101);
    expect(10 * Math.log10(power(tail) * tail.length)).toBeCloseTo(-6, 3);
    const [early, late] = [tail.subarray(66, 1166), tail.subarray(3307 + 66, 3307 + 1166)];
    expect(10 * Math.log10(power(late) / power(early))).toBeCloseTo(-30, -0.5);
  });

  it('convolves clips longer than a block', () => {
    const samples = noise(60000, 0.5, 2);
    const shift = 30011;
    const moved = new Float32Array(shift + samples.length);
    moved.set(samples, shift);
    const output = dsp.addReverb(samples, options);
    const movedOutput = dsp.addReverb(moved, options).subarray(shift);
    expect(Math.max(...output.map((x, n) => Math.abs(x - movedOutput[n]!)))).toBeLessThan(1e-6);
  });

  it('depends on the seed alone', () => {
    const samples = noise(5000, 0.5, 2);
    const output = dsp.addReverb(samples, options);
    expect(dsp.addReverb(samples, options)).toEqual(output);
    expect(dsp.addReverb(samples, { ...options, seed: 6 })).not.toEqual(output);
  });

  it('refuses bad input', () => {
    const samples = new Float32Array(9);
    expect(() => dsp.addReverb(samples, { ...options, decaySec: 9 })).toThrow('decaySec is 9');
    expect(() => dsp.addReverb(samples, { ...options, seed: -1 })).toThrow('seed is -1');
  });
});

describe('addNoise', () => {
  it('reaches the ratio exactly and leaves the input alone', () => {
    const samples = voice(20000, 0.01);
    const before = samples.slice();
    const noisy = addNoise(samples, { snrDb: 12, seed: 3 });
    expect(samples).toEqual(before);
    const added = noisy.map((x, n) => x - samples[n]!);
    expect(10 * Math.log10(power(samples) / power(added))).toBeCloseTo(12, 3);
    expect(addNoise(samples, { snrDb: 12, seed: 3 })).toEqual(noisy);
    expect(addNoise(samples, { snrDb: 12, seed: 4 })).not.toEqual(noisy);
  });

  it('adds normal, uncorrelated noise', () => {
    const samples = new Float32Array(100000).fill(1);
    const added = addNoise(samples, { snrDb: 0, seed: 0 }).map((x) => x - 1);
    const mean = added.reduce((sum, x) => sum + x, 0) / added.length;
    const fourth = added.reduce((sum, x) => sum + x ** 4, 0) / added.length;
    const next = added.reduce((sum, x, n) => sum + x * (added[n + 1] ?? 0), 0) / added.length;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(fourth).toBeGreaterThan(2.9);
    expect(fourth).toBeLessThan(3.1);
    expect(Math.abs(next)).toBeLessThan(0.01);
  });

  it('refuses silence', () => {
    expect(() => addNoise(new Float32Array(9), { snrDb: 10, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'AUDIO_SILENT' }),
    );
  });
});

describe('setLevel', () => {
  it('brings the mean power to the level, whatever it was', () => {
    const loud = new Float32Array([0.5, -0.5, 0.1]);
    const quiet = loud.map((sample) => sample / 256);
    const even = setLevel(loud, { levelDb: -20 });
    const power = even.reduce((sum, sample) => sum + sample ** 2, 0) / even.length;
    expect(10 * Math.log10(power)).toBeCloseTo(-20, 5);
    setLevel(quiet, { levelDb: -20 }).forEach((sample, at) => {
      expect(sample).toBeCloseTo(even[at]!, 7);
    });
  });

  it('leaves silence, and refuses nonsense', () => {
    expect(setLevel(new Float32Array(3), { levelDb: 0 })).toEqual(new Float32Array(3));
    expect(() => setLevel(new Float32Array(1), { levelDb: -300 })).toThrow('levelDb is -300');
  });
});

describe('applyGain', () => {
  it('scales', () => {
    expect(applyGain(new Float32Array([0.5, -1]), { gainDb: 20 })).toEqual(
      new Float32Array([5, -10]),
    );
    expect(() => applyGain(new Float32Array(1), { gainDb: 300 })).toThrow('gainDb is 300');
  });
});

function impulse(): Float32Array {
  const samples = new Float32Array(8192);
  samples[0] = 1;
  return samples;
}

/** Gain at a frequency of a filter with this impulse response, at 22,050 Hz. */
function measureGainDb(response: Float32Array, hz: number): number {
  let [re, im] = [0, 0];
  for (const [n, x] of response.entries()) {
    re += x * Math.cos((2 * Math.PI * hz * n) / 22050);
    im += x * Math.sin((2 * Math.PI * hz * n) / 22050);
  }
  return 20 * Math.log10(Math.hypot(re, im));
}

describe('tiltSpectrum', () => {
  it.each([
    [0, -6],
    [1000, 0],
    [11025, 6],
  ])('at %i Hz has %f dB', (hz, expectedDb) => {
    const response = tiltSpectrum(impulse(), { sampleRateHz: 22050, tiltDb: 12 });
    expect(measureGainDb(response, hz)).toBeCloseTo(expectedDb, 4);
  });

  it('refuses a pivot beyond half the sample rate', () => {
    const options = { sampleRateHz: 16000, tiltDb: 3, pivotHz: 8000 };
    expect(() => tiltSpectrum(new Float32Array(9), options)).toThrow('pivotHz is 8000');
  });
});

describe('limitBand', () => {
  // |H|² of a Butterworth filter of order 8, its frequencies warped by the bilinear transform.
  const warp = (hz: number) => Math.tan((Math.PI * hz) / 22050);
  const passBelowDb = (hz: number, edgeHz: number) =>
    -10 * Math.log10(1 + (warp(hz) / warp(edgeHz)) ** 16);
  const passAboveDb = (hz: number, edgeHz: number) =>
    -10 * Math.log10(1 + (warp(edgeHz) / warp(hz)) ** 16);

  it.each([150, 300, 1000, 3400, 5000])('at %i Hz is a Butterworth filter', (hz) => {
    const band = { sampleRateHz: 22050, lowestHz: 300, highestHz: 3400 };
    const gainDb = measureGainDb(limitBand(impulse(), band), hz);
    expect(gainDb).toBeCloseTo(passAboveDb(hz, 300) + passBelowDb(hz, 3400), 3);
  });

  it('cuts nothing without edges, nor above half the sample rate', () => {
    expect(limitBand(impulse(), { sampleRateHz: 22050 })).toEqual(impulse());
    expect(limitBand(impulse(), { sampleRateHz: 22050, highestHz: 12000 })).toEqual(impulse());
  });

  it('refuses edges the wrong way round, and a lower one beyond half the sample rate', () => {
    const limit = (edges: { lowestHz?: number; highestHz?: number }) => () =>
      limitBand(impulse(), { sampleRateHz: 16000, ...edges });
    expect(limit({ lowestHz: 900, highestHz: 800 })).toThrow('highestHz is 800');
    expect(limit({ lowestHz: 8000 })).toThrow('lowestHz is 8000');
  });
});
