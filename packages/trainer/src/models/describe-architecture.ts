import type { ModelSettings } from '../recipes/model-settings.ts';

const poolings = {
  attention: 'attention pooling',
  statistics: 'statistics pooling',
  'last-mean-max': 'last states, mean and maximum pooled',
};

/** The architecture in words, for a model card: `masked bidirectional LSTM (128, 64 units, …)`. */
export function describeArchitecture(model: ModelSettings): string {
  const { spectrogramConvolution, convolution, transformer, lstmUnits, denseUnits, dropout } =
    model;
  const parts = [
    ...(spectrogramConvolution ? [describeSpectrogramConvolution(spectrogramConvolution)] : []),
    ...(convolution ? [describeConvolution(convolution)] : []),
    ...(transformer ? [describeTransformer(transformer)] : []),
    ...(lstmUnits.length > 0 ? [`${lstmUnits.join(', ')} units`] : []),
    ...(model.pooling === 'last' ? [] : [poolings[model.pooling]]),
    `dense ${denseUnits}`,
    `dropout ${dropout}`,
  ];
  const lstm = model.residual ? 'residual bidirectional LSTM' : 'bidirectional LSTM';
  const recurrent = lstmUnits.length > 0 ? lstm : 'network of pooled frames';
  return `masked ${transformer ? 'transformer' : recurrent} (${parts.join(', ')})`;
}

function describeTransformer({
  layers,
  heads,
  width,
  feedForward,
}: NonNullable<ModelSettings['transformer']>): string {
  return `${layers} layers of ${heads} heads, width ${width}, feed-forward ${feedForward}`;
}

function describeSpectrogramConvolution({
  channels,
  poolBands,
  width,
}: NonNullable<ModelSettings['spectrogramConvolution']>): string {
  const projected = width ? `, projected to ${width}` : '';
  return `3 × 3 convolutions of ${channels.join(', ')} channels, columns pooled by ${poolBands}${projected}`;
}

function describeConvolution({
  channels,
  kernelSize,
  stride,
}: NonNullable<ModelSettings['convolution']>): string {
  const strided = stride > 1 ? `, stride ${stride}` : '';
  return `convolutions over ${kernelSize} frames of ${channels.join(', ')} channels${strided}`;
}
