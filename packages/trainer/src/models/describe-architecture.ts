import type { ModelSettings } from '../recipes/model-settings.ts';

const poolings = {
  attention: 'attention pooling',
  statistics: 'statistics pooling',
  'last-mean-max': 'last states, mean and maximum pooled',
};

/** The architecture in words, for a model card: `masked bidirectional LSTM (128, 64 units, …)`. */
export function describeArchitecture(model: ModelSettings): string {
  const { spectrogramConvolution, convolution, denseUnits, dropout } = model;
  const { kind, size } = describeSequenceModel(model);
  const parts = [
    ...(spectrogramConvolution ? [describeSpectrogramConvolution(spectrogramConvolution)] : []),
    ...(convolution ? [describeConvolution(convolution)] : []),
    size,
    ...(model.pooling === 'last' ? [] : [poolings[model.pooling]]),
    ...(denseUnits ? [`dense ${denseUnits}`] : []),
    `dropout ${dropout}`,
  ];
  return `masked ${kind} (${parts.join(', ')})`;
}

function describeSequenceModel(model: ModelSettings): { kind: string; size: string } {
  const { transformer, temporalConvolution, lstmUnits, residual } = model;
  if (transformer) return { kind: 'transformer', size: describeTransformer(transformer) };
  if (temporalConvolution) {
    const { channels, blocks } = temporalConvolution;
    const size = `${blocks} blocks of ${channels} channels in each direction`;
    return { kind: 'gated temporal convolution', size };
  }
  const kind = residual ? 'residual bidirectional LSTM' : 'bidirectional LSTM';
  return { kind, size: `${lstmUnits.join(', ')} units` };
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
