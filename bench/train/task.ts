import { type FeatureConfig, resolveFeatureConfig } from '@ser/dsp-wasm';

/** Features of all contenders: 187 columns, 43 frames a second, silence at the ends cut off. */
export const frontEnd: {
  features: FeatureConfig;
  trim: { topDb: number; frameLength: number; hopLength: number };
} = {
  features: resolveFeatureConfig({ mel: { unit: 'db' } }),
  trim: { topDb: 30, frameLength: 2048, hopLength: 512 },
};

/** The reference model, without what the peers do not do. */
export const modelSettings = {
  normalisation: 'corpus' as const,
  specAugment: null,
  lstmUnits: [128, 64],
  denseUnits: 64,
  members: 1,
  dropout: 0.3,
};

export const batchSize = 32;
export const clipCount = 1152;
/** Labels of RAVDESS. */
export const classes = 8;
/** Of the comparison without padding: the length of every clip, and how many batches are timed. */
export const equalFrames = 160;
export const equalSteps = 5;
