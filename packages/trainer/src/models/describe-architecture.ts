import type { ModelSettings } from '../recipes/recipe.ts';

const poolings = {
  attention: 'attention pooling',
  statistics: 'statistics pooling',
  'last-mean-max': 'last states, mean and maximum pooled',
};

/** The architecture in words, for a model card: `masked bidirectional LSTM (128, 64 units, …)`. */
export function describeArchitecture(model: ModelSettings): string {
  const { convolution, lstmUnits, denseUnits, dropout } = model;
  const parts = [
    ...(convolution
      ? [
          `convolutions over ${convolution.kernelSize} frames of ${convolution.channels.join(', ')} channels${convolution.stride > 1 ? `, stride ${convolution.stride}` : ''}`,
        ]
      : []),
    `${lstmUnits.join(', ')} units`,
    ...(model.pooling === 'last' ? [] : [poolings[model.pooling]]),
    `dense ${denseUnits}`,
    `dropout ${dropout}`,
  ];
  const kind = model.residual ? 'residual bidirectional LSTM' : 'bidirectional LSTM';
  return `masked ${kind} (${parts.join(', ')})`;
}
