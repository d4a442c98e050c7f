/** A recipe that trains in a second. */
export const tinyRecipe = {
  ...{ name: 'tiny', description: 'For tests.', trim: null },
  features: {
    ...{ sampleRateHz: 16_000, fftLength: 1024, hopLength: 512, sets: ['mfcc'] },
    ...{ mel: { bands: 32 }, mfcc: { coefficients: 13 } },
  },
  model: {
    ...{ normalisation: 'clip', specAugment: null, lstmUnits: [24], denseUnits: 16, dropout: 0.2 },
  },
  training: {
    ...{ epochs: 6, batchSize: 16, learningRate: 0.01, schedule: 'one-cycle', weightDecay: 0.01 },
    ...{ gradientClipNorm: 2, labelSmoothing: 0.1, patience: null },
  },
};
