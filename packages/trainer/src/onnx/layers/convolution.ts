import type { MaskedConvolution } from '../../models/masked-convolution.ts';
import type { StridedLengths } from '../../models/strided-lengths.ts';
import { tf } from '../../tensorflow/tf.ts';
import { elementType } from '../encode-model.ts';
import type { LayerGraph } from '../graph-builder.ts';
import { addFrameMask } from './frame-mask.ts';

/**
 * The ONNX form of {@link MaskedConvolution}. The kernel is stored with a row for each channel, so
 * that a smaller precision has one scale a channel.
 */
export function addMaskedConvolution(
  part: LayerGraph,
  { config: { channels, kernelSize, stride }, kernel }: MaskedConvolution,
  [x, lengths]: [string, string],
): string {
  const width = kernel!.shape[1]!;
  const rows = tf.tidy(
    () => tf.transpose(kernel!.read(), [2, 1, 0]).dataSync<'float32'>() as Float32Array,
  );
  const stored = part.floats('kernel', [channels, width * kernelSize], rows);
  const shape = part.integers('kernel_shape', [channels, width, kernelSize]);
  const weights = part.node('Reshape', [stored, shape], 'kernel_3d');

  const kept = part.node('Mul', [x, addFrameMask(part, x, lengths)], 'kept');
  const channelsFirst = part.node('Transpose', [kept], 'channels_first', { perm: [0, 2, 1] });
  const side = (kernelSize - 1) / 2;
  const sum = part.node('Conv', [channelsFirst, weights], 'sum', {
    pads: [side, side],
    strides: [stride],
  });
  return part.output('Transpose', [sum], { perm: [0, 2, 1] });
}

/** The ONNX form of {@link StridedLengths}. */
export function addStridedLengths(
  part: LayerGraph,
  { config: { stride } }: StridedLengths,
  [lengths]: [string],
): string {
  const long = part.node('Cast', [lengths], 'int64', { to: elementType.int64 });
  const raised = part.node('Add', [long, part.integer('added', stride - 1)], 'raised');
  const shorter = part.node('Div', [raised, part.integer('stride', stride)], 'shorter');
  return part.output('Cast', [shorter], { to: elementType.int32 });
}
