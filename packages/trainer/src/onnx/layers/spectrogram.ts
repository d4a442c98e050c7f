import { addFrameMask } from '@ser/onnx';
import type { ColumnPooling } from '../../models/column-pooling.ts';
import type { SpectrogramConvolution } from '../../models/spectrogram-convolution.ts';
import type { LayerGraph } from '../layer-graph.ts';
import { addKernel } from './convolution.ts';

/** Orders of axes, from channels last to channels first and back. */
const toChannelsFirst = { perm: [0, 3, 1, 2] };
const toChannelsLast = { perm: [0, 2, 3, 1] };

/** The ONNX form of {@link SpectrogramConvolution}. */
export function addSpectrogramConvolution(
  part: LayerGraph,
  { kernel, bias }: SpectrogramConvolution,
  [x, lengths]: [string, string],
): string {
  const channelAxis = part.integers('channel_axis', [1]);
  const isFirst = kernel!.shape[2] === 1;
  const image = isFirst
    ? part.node('Unsqueeze', [x, channelAxis], 'image')
    : part.node('Transpose', [x], 'image', toChannelsFirst);
  const mask = part.node('Unsqueeze', [addFrameMask(part, x, lengths), channelAxis], 'image_mask');
  const kept = part.node('Mul', [image, mask], 'kept');
  const sum = part.node(
    'Conv',
    [kept, addKernel(part, kernel!), part.weight('bias', bias!)],
    'sum',
    { pads: [1, 1, 1, 1] },
  );
  return part.output('Transpose', [sum], toChannelsLast);
}

/** The ONNX form of {@link ColumnPooling}. */
export function addColumnPooling(
  part: LayerGraph,
  { config: { size } }: ColumnPooling,
  [x]: [string],
): string {
  const image = part.node('Transpose', [x], 'image', toChannelsFirst);
  const window = { kernel_shape: [1, size], strides: [1, size] };
  return part.output(
    'Transpose',
    [part.node('MaxPool', [image], 'maximum', window)],
    toChannelsLast,
  );
}

/** The ONNX form of `FlattenColumns`. */
export function addFlattenColumns(part: LayerGraph, _layer: unknown, [x]: [string]): string {
  return part.output('Reshape', [x, part.integers('shape', [0, 0, -1])]);
}
