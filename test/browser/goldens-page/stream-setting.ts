import type { FeatureConfigInput } from '@ser/dsp-wasm';

/** What page and worklet both extract. */
export const streamConfig: FeatureConfigInput = {
  sampleRateHz: 16000,
  fftLength: 512,
  hopLength: 160,
  topDb: null,
  mel: { bands: 40 },
  mfcc: { coefficients: 20 },
  chroma: { tuning: 0 },
  contrast: { bands: 5 },
};

/** Whole blocks of an AudioWorklet. */
export const streamSamples = 128 * 100;
