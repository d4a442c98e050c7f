import type { ModelSettings } from '../recipes/recipe.ts';

const poolings: Record<ModelSettings['pooling'], string> = {
  last: '',
  attention: 'attention pooling, ',
  statistics: 'statistics pooling, ',
  'last-mean-max': 'last states, mean and maximum pooled, ',
};

/** The architecture in words, for a model card: `masked bidirectional LSTM (128, 64 units, …)`. */
export function describeArchitecture(model: ModelSettings): string {
  const pooling = poolings[model.pooling];
  return `masked bidirectional LSTM (${model.lstmUnits.join(', ')} units, ${pooling}dense ${model.denseUnits}, dropout ${model.dropout})`;
}
