import { addFrameMask, elementType } from '@ser/onnx';
import type { LayerVariable } from '@tensorflow/tfjs-node';
import type { MaskedConvolution } from '../../models/masked-convolution.ts';
import type { StridedLengths } from '../../models/strided-lengths.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LayerGraph } from '../layer-graph.ts';

/** The ONNX form of {@link MaskedConvolution}. */
export function addMaskedConvolution(
  part: LayerGraph,
  { config: { kernelSize, stride }, kernel, bias }: MaskedConvolution,
  [x, lengths]: [string, string],
): string {
  const kept = part.node('Mul', [x, addFrameMask(part, x, lengths)], 'kept');
  const channelsFirst = part.node('Transpose', [kept], 'channels_first', { perm: [0, 2, 1] });
  const side = (kernelSize - 1) / 2;
  const sum = part.node(
    'Conv',
    [channelsFirst, addKernel(part, kernel!), part.weight('bias', bias!)],
    'sum',
    {
      pads: [side, side],
      strides: [stride],
    },
  );
  return part.output('Transpose', [sum], { perm: [0, 2, 1] });
}

/**
 * A kernel [...extents, channels before, channels] as ONNX's [channels, channels before,
 * ...extents]. It is stored with a row a channel, so that a smaller precision has one scale a
 * channel.
 */
export function addKernel(part: LayerGraph, kernel: LayerVariable): string {
  const [channels, before, ...extents] = kernel.shape.toReversed() as number[];
  const order = kernel.shape.map((_, axis) => axis);
  const perm = [...order.slice(-2).reverse(), ...order.slice(0, -2)];
  const values = tf.tidy(
    () => tf.transpose(kernel.read(), perm).dataSync<'float32'>() as Float32Array,
  );
  const stored = part.floats('kernel', [channels!, values.length / channels!], values);
  const shape = part.integers('kernel_shape', [channels!, before!, ...extents.reverse()]);
  return part.node('Reshape', [stored, shape], 'kernel_shaped');
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
