import { addFrameCount, addFrameMask } from '@ser/onnx';
import type { ChannelNormalisation } from '../../models/channel-normalisation.ts';
import { varianceFloor } from '../../models/normalise-clip.ts';
import type { Standardise } from '../../models/standardise.ts';
import type { LayerGraph } from '../layer-graph.ts';

/** The ONNX form of {@link Standardise}. */
export function addStandardise(part: LayerGraph, layer: Standardise, [x]: [string]): string {
  const centred = part.node('Sub', [x, part.weight('mean', layer.mean!)], 'centred');
  return part.output('Mul', [centred, part.weight('inverse_deviation', layer.inverseDeviation!)]);
}

/** The ONNX form of `NormaliseClip`: its operations, in its order. */
export function addNormaliseClip(
  part: LayerGraph,
  _layer: unknown,
  [x, lengths]: [string, string],
): string {
  const axis = part.integers('frame_axis', [1]);
  const mask = addFrameMask(part, x, lengths);
  const count = addFrameCount(part, lengths);
  const centre = (value: string, pass: string): string => {
    const sum = part.node('ReduceSum', [value, axis], `${pass}/sum`, { keepdims: 1 });
    const mean = part.node('Div', [sum, count], `${pass}/mean`);
    const difference = part.node('Sub', [value, mean], `${pass}/difference`);
    return part.node('Mul', [difference, mask], `${pass}/centred`);
  };
  const centred = centre(centre(part.node('Mul', [x, mask], 'kept'), 'first'), 'second');
  const square = part.node('Mul', [centred, centred], 'square');
  const squares = part.node('ReduceSum', [square, axis], 'squares', { keepdims: 1 });
  const variance = part.node('Div', [squares, count], 'variance');
  const floor = part.float('variance_floor', varianceFloor);
  const deviation = part.node('Sqrt', [part.node('Add', [variance, floor], 'raised')], 'deviation');
  return part.output('Div', [centred, deviation]);
}

/** The ONNX form of {@link ChannelNormalisation}, whose axis and epsilon are the operator's defaults. */
export function addChannelNormalisation(
  part: LayerGraph,
  layer: ChannelNormalisation,
  [x]: [string],
): string {
  const weights = [part.weight('scale', layer.scale!), part.weight('offset', layer.offset!)];
  return part.output('LayerNormalization', [x, ...weights]);
}
