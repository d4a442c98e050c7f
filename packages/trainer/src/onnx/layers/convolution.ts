import type { LayerVariable } from '@tensorflow/tfjs-node';
import type { DilatedConvolution } from '../../models/dilated-convolution.ts';
import type { MaskedConvolution } from '../../models/masked-convolution.ts';
import type { StridedLengths } from '../../models/strided-lengths.ts';
import { tf } from '../../tensorflow/tf.ts';
import { elementType } from '../encode-model.ts';
import type { LayerGraph } from '../graph-builder.ts';
import { addFrameMask } from './frame-mask.ts';

/** The ONNX form of {@link MaskedConvolution}. */
export function addMaskedConvolution(
  part: LayerGraph,
  { config: { kernelSize, stride }, kernel, bias }: MaskedConvolution,
  [x, lengths]: [string, string],
): string {
  const side = (kernelSize - 1) / 2;
  const weights = [addKernel(part, kernel!), part.weight('bias', bias!)];
  const attributes = { pads: [side, side], strides: [stride] };
  return addOverTime(part, { x, mask: addFrameMask(part, x, lengths), weights, attributes });
}

/** The ONNX form of {@link DilatedConvolution}. */
export function addDilatedConvolution(
  part: LayerGraph,
  { config: { dilation, direction }, kernel }: DilatedConvolution,
  [x, mask]: [string, string],
): string {
  const pads = direction === 'past' ? [dilation, 0] : [0, dilation];
  const attributes = { pads, dilations: [dilation] };
  return addOverTime(part, { x, mask, weights: [addKernel(part, kernel!)], attributes });
}

interface ConvolutionParts {
  x: string;
  /** 1 for each of a clip's own frames, 0 behind them. */
  mask: string;
  /** The kernel, and a bias where there is one. */
  weights: readonly string[];
  attributes: Readonly<Record<string, readonly number[]>>;
}

/** A convolution over the frames of a clip, which ONNX wants last. */
function addOverTime(part: LayerGraph, { x, mask, weights, attributes }: ConvolutionParts): string {
  const kept = part.node('Mul', [x, mask], 'kept');
  const channelsFirst = part.node('Transpose', [kept], 'channels_first', { perm: [0, 2, 1] });
  const sum = part.node('Conv', [channelsFirst, ...weights], 'sum', attributes);
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
