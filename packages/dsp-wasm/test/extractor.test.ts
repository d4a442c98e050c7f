import { beforeAll, describe, expect, it } from 'vitest';
import { noise, voice } from '../../../test/goldens/signals.ts';
import { type Dsp, loadDsp } from '../src/index.ts';
import { findDifference } from './find-difference.ts';

let dsp: Dsp;
beforeAll(async () => {
  dsp = await loadDsp();
});

describe('extract', () => {
  it('refuses audio without samples', () => {
    const extractor = dsp.createExtractor();
    expect(() => extractor.extract(new Float32Array(0))).toThrow(
      expect.objectContaining({ code: 'AUDIO_EMPTY' }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names the first sample that is not finite: %s',
    (value) => {
      const samples = noise(5001, 0.1, 1);
      samples[4999] = value;
      samples[5000] = value;
      expect(() => dsp.createExtractor().extract(samples)).toThrow(
        expect.objectContaining({
          code: 'AUDIO_NOT_FINITE',
          message: expect.stringContaining(`Sample 4999 of the audio is ${value}`),
        }),
      );
    },
  );

  it('refuses other arrays', () => {
    expect(() => dsp.createExtractor().extract([0, 1] as never)).toThrow(
      "samples is '[object Array]'",
    );
  });

  it('needs one whole frame without centring', () => {
    const extractor = dsp.createExtractor({ center: false });
    expect(() => extractor.extract(new Float32Array(2047))).toThrow(
      expect.objectContaining({ code: 'AUDIO_TOO_SHORT' }),
    );
    expect(extractor.extract(new Float32Array(2048)).frames).toBe(1);
  });

  it('needs a whole hop where the last frame is to go', () => {
    const extractor = dsp.createExtractor({ dropLastFrame: true });
    expect(() => extractor.extract(new Float32Array(511))).toThrow(
      expect.objectContaining({
        code: 'AUDIO_TOO_SHORT',
        message: expect.stringContaining('with dropLastFrame at least hopLength (512) are needed'),
      }),
    );
    expect(extractor.extract(new Float32Array(512)).frames).toBe(1);
    expect(extractor.extract(new Float32Array(1023)).frames).toBe(1);
    expect(extractor.extract(new Float32Array(1024)).frames).toBe(2);
  });

  it('needs as many frames as deltas are fitted to', () => {
    const extractor = dsp.createExtractor({ deltas: { order: 1 } });
    expect(() => extractor.extract(new Float32Array(8 * 512 - 1))).toThrow(
      expect.objectContaining({
        code: 'AUDIO_TOO_SHORT',
        message: expect.stringContaining('deltas.width is 9, but the audio has only 8 frames'),
      }),
    );
    expect(extractor.extract(new Float32Array(8 * 512))).toMatchObject({
      frames: 9,
      features: 374,
    });
  });

  it('gives a clip the same numbers whatever came before it', () => {
    const extractor = dsp.createExtractor();
    const clip = voice(20000, 0.01);
    const alone = dsp.createExtractor().extract(clip);
    extractor.extract(noise(100000, 1, 3));
    const again = extractor.extract(clip);
    expect(again.frames).toBe(alone.frames);
    expect(findDifference(again.data, alone.data)).toBe(-1);
    expect(extractor.extract(clip).data).not.toBe(extractor.extract(clip).data);
  });

  it('gives a frame the same numbers wherever it falls in a block or segment', () => {
    const extractor = dsp.createExtractor({
      sampleRateHz: 16000,
      fftLength: 256,
      hopLength: 8,
      center: false,
      topDb: null,
      mel: { bands: 20 },
      mfcc: { coefficients: 20 },
      chroma: { tuning: 0 },
      contrast: { bands: 4 },
    });
    const samples = noise(36000, 0.5, 8);
    const whole = extractor.extract(samples);
    const shift = 3;
    const shifted = extractor.extract(samples.subarray(8 * shift));
    expect(whole.frames).toBeGreaterThan(4096);
    expect(findDifference(shifted.data, whole.data.subarray(shift * whole.features))).toBe(-1);
  });
});

describe('trimSilence', () => {
  it('refuses bad input', () => {
    expect(() => dsp.trimSilence(new Float32Array(0))).toThrow('0 samples');
    expect(() => dsp.trimSilence(new Float32Array([0, Number.NaN]))).toThrow('Sample 1');
    expect(() => dsp.trimSilence(new Float32Array(9), { topDb: 0 })).toThrow('topDb is 0');
    expect(() => dsp.trimSilence(new Float32Array(9), { noiseMarginDb: -1 })).toThrow(
      'noiseMarginDb is -1',
    );
  });

  // A second of noise, one of a loud tone, one of noise, at 16 kHz.
  const recordIn = (snrDb: number) => {
    const background = noise(48_000, Math.sqrt(3) * 10 ** (-snrDb / 20), 5);
    return background.map((value, n) =>
      n >= 16_000 && n < 32_000 ? value + Math.SQRT2 * Math.sin(n / 5) : value,
    );
  };

  it.each([40, 32, 25, 20, 15])('finds what sounds %i dB above noise', (snrDb) => {
    const trimmed = dsp.trimSilence(recordIn(snrDb), { topDb: 30, noiseMarginDb: 5 });
    // From 32 dB on `topDb` alone finds them.
    const widened = snrDb >= 32 ? 0 : 3072;
    expect(Math.abs(trimmed.startSample - (16_000 - widened))).toBeLessThanOrEqual(1536);
    expect(Math.abs(trimmed.endSample - (32_000 + widened))).toBeLessThanOrEqual(1536);
  });

  it('takes noise for sound without a margin, and all of a clip for sound where little stands out', () => {
    const whole = { startSample: 0, endSample: 48_000 };
    expect(dsp.trimSilence(recordIn(25), { topDb: 30 })).toEqual(whole);
    expect(dsp.trimSilence(recordIn(3), { topDb: 30, noiseMarginDb: 5 })).toEqual(whole);
    const short = noise(1000, 0.3, 5);
    expect(dsp.trimSilence(short, { topDb: 30, noiseMarginDb: 5 }).endSample).toBe(1000);
  });
});
