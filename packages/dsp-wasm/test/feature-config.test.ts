import { describe, expect, it } from 'vitest';
import { listFeatureNames, resolveFeatureConfig, SerError } from '../src/index.ts';

function messageOf(input: unknown): string {
  try {
    resolveFeatureConfig(input as never);
  } catch (error) {
    expect(error).toBeInstanceOf(SerError);
    expect((error as SerError).code).toBe('INVALID_ARGUMENT');
    return (error as SerError).message;
  }
  throw new Error('The config was accepted.');
}

describe('resolveFeatureConfig', () => {
  it("fills in librosa's defaults", () => {
    expect(resolveFeatureConfig()).toEqual({
      sampleRateHz: 22050,
      fftLength: 2048,
      winLength: 2048,
      hopLength: 512,
      window: 'hann',
      center: true,
      padMode: 'constant',
      dropLastFrame: false,
      sets: ['mfcc', 'chroma', 'mel', 'contrast'],
      topDb: 80,
      mel: {
        bands: 128,
        fMinHz: 0,
        fMaxHz: null,
        scale: 'slaney',
        norm: 'slaney',
        power: 2,
        unit: 'power',
      },
      mfcc: { coefficients: 40, lifter: 0 },
      chroma: { bins: 12, tuning: null, norm: 'inf' },
      contrast: { bands: 6, fMinHz: 200, quantile: 0.02, linear: false },
      bandwidth: { exponent: 2 },
      rolloff: { share: 0.85 },
      f0: { fMinHz: 65, fMaxHz: 500, threshold: 0.1 },
      deltas: { order: 0, width: 9, mode: 'interp' },
    });
  });

  it.each([50, 54, 90, 400, 480, 1200, 1350, 62500, 64800])(
    'takes transforms of %i samples',
    (fftLength) => {
      const { winLength } = resolveFeatureConfig({ fftLength, sets: ['rms'] });
      expect(winLength).toBe(fftLength);
    },
  );

  it('fills in what models were stored without', () => {
    const { dropLastFrame, ...stored } = resolveFeatureConfig({ sets: ['mel'] });
    expect(resolveFeatureConfig(stored)).toEqual({ ...stored, dropLastFrame: false });
  });

  it('survives JSON and is its own fixed point', () => {
    const config = resolveFeatureConfig({ fftLength: 1024, sets: ['mel', 'mfcc'] });
    expect(config.winLength).toBe(1024);
    expect(config.sets).toEqual(['mfcc', 'mel']);
    expect(resolveFeatureConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('names the columns', () => {
    const names = listFeatureNames(resolveFeatureConfig());
    expect(names).toHaveLength(187);
    expect([names[0], names[40], names[52], names[180], names[186]]).toEqual([
      'mfcc_0',
      'chroma_0',
      'mel_0',
      'contrast_0',
      'contrast_6',
    ]);
  });

  it('names single columns, F0 and deltas', () => {
    const config = resolveFeatureConfig({ sets: ['f0', 'rms'], deltas: { order: 2 } });
    expect(listFeatureNames(config)).toEqual([
      'rms',
      'f0_hz',
      'f0_periodicity',
      'delta_rms',
      'delta_f0_hz',
      'delta_f0_periodicity',
      'delta2_rms',
      'delta2_f0_hz',
      'delta2_f0_periodicity',
    ]);
  });

  it.each([
    [null, 'The feature config'],
    [{ hop: 256 }, 'hop is not a feature option'],
    [{ mel: { fmin: 20 } }, 'mel.fmin is not a feature option'],
    [{ mel: 3 }, 'mel is 3'],
    [{ sampleRateHz: 0 }, 'sampleRateHz is 0'],
    [{ sampleRateHz: '16000' }, "sampleRateHz is '16000'"],
    [
      { fftLength: 1022 },
      'fftLength is 1022; it must be an even whole number from 32 to 65536 whose half has no prime factor but 2, 3 and 5',
    ],
    [{ fftLength: 405 }, 'fftLength is 405'],
    [{ fftLength: 1000.5 }, 'fftLength is 1000.5'],
    [{ fftLength: '400' }, "fftLength is '400'"],
    [{ fftLength: 30 }, 'fftLength is 30'],
    [{ fftLength: 72900 }, 'fftLength is 72900'],
    [{ winLength: 4096 }, 'winLength is 4096; it must be a whole number from 1 to 2048'],
    [{ hopLength: 0.5 }, 'hopLength is 0.5'],
    [{ window: 'kaiser' }, "window is 'kaiser'"],
    [{ center: 1 }, 'center is 1'],
    [{ padMode: 'wrap' }, "padMode is 'wrap'"],
    [{ dropLastFrame: 1 }, 'dropLastFrame is 1'],
    [
      { dropLastFrame: true, center: false },
      'dropLastFrame is true; it must be false where center is false',
    ],
    [{ sets: [] }, 'sets is '],
    [{ sets: ['pitch'] }, "sets[0] is 'pitch'"],
    [{ sets: ['mel', 'mel'] }, "sets[1] is 'mel'; it must be named only once"],
    [{ topDb: -1 }, 'topDb is -1'],
    [{ mel: { bands: 0 } }, 'mel.bands is 0'],
    [{ mel: { fMaxHz: 12000 } }, 'mel.fMaxHz is 12000'],
    [{ mel: { fMinHz: 11025 } }, 'mel.fMinHz is 11025'],
    [{ mel: { scale: 'bark' } }, "mel.scale is 'bark'"],
    [{ mel: { norm: 1 } }, 'mel.norm is 1'],
    [{ mel: { power: 0 } }, 'mel.power is 0'],
    [{ mel: { unit: 'dB' } }, "mel.unit is 'dB'; it must be one of 'power', 'db', 'whisper'"],
    [{ fftLength: 256 }, 'filter 1 (counted from 0) then holds no bin'],
    [{ mfcc: { coefficients: 129 } }, 'mfcc.coefficients is 129'],
    [{ mfcc: { lifter: -1 } }, 'mfcc.lifter is -1'],
    [{ chroma: { bins: 0 } }, 'chroma.bins is 0'],
    [{ chroma: { tuning: Number.NaN } }, 'chroma.tuning is NaN'],
    [{ chroma: { norm: 'max' } }, "chroma.norm is 'max'"],
    [{ contrast: { bands: 7 } }, 'the last band would start at 12800 Hz'],
    [{ contrast: { fMinHz: 1 } }, 'band 0 then holds no bin'],
    [{ contrast: { quantile: 1 } }, 'contrast.quantile is 1'],
    [{ bandwidth: { exponent: 0 } }, 'bandwidth.exponent is 0'],
    [{ rolloff: { share: 85 } }, 'rolloff.share is 85'],
    [{ sets: ['f0'], f0: { fMaxHz: 20000 } }, 'f0.fMaxHz is 20000'],
    [{ sets: ['f0'], f0: { fMinHz: 10 } }, 'f0.fMinHz is 10'],
    [{ sets: ['f0'], f0: { threshold: -1 } }, 'f0.threshold is -1'],
    [{ deltas: { order: 3 } }, 'deltas.order is 3'],
    [{ deltas: { width: 8 } }, 'deltas.width is 8'],
    [{ deltas: { mode: 'wrap' } }, "deltas.mode is 'wrap'"],
    [{ contrast: { linear: 'no' } }, "contrast.linear is 'no'"],
  ])('refuses %j', (input, message) => {
    expect(messageOf(input)).toContain(message);
  });

  it('does not judge the options of sets that are not computed', () => {
    expect(() => resolveFeatureConfig({ sets: ['mel'], contrast: { bands: 20 } })).not.toThrow();
  });
});
