import { addFrameCount, addFrameMask, addStatistics, elementType } from '@ser/onnx';
import { type AttentionPooling, outsideScore } from '../../models/attention-pooling.ts';
import { outsideValue } from '../../models/last-mean-max-pooling.ts';
import { pooledVarianceFloor } from '../../models/statistics-pooling.ts';
import type { LayerGraph } from '../layer-graph.ts';

type SequenceInputs = [x: string, lengths: string];

/** The ONNX form of {@link AttentionPooling}. */
export function addAttentionPooling(
  part: LayerGraph,
  layer: AttentionPooling,
  [x, lengths]: SequenceInputs,
): string {
  const score = part.node('MatMul', [x, part.weight('kernel', layer.kernel!)], 'score');
  const outside = addOutside(part, addFrameMask(part, x, lengths), outsideScore);
  const kept = part.node('Add', [score, outside], 'kept_score');
  const share = part.node('Softmax', [kept], 'share', { axis: 1 });
  const weighted = part.node('Mul', [x, share], 'weighted');
  return part.output('ReduceSum', [weighted, part.integers('frame_axis', [1])], { keepdims: 0 });
}

/** The ONNX form of `StatisticsPooling`. */
export function addStatisticsPooling(
  part: LayerGraph,
  _layer: unknown,
  [x, lengths]: SequenceInputs,
): string {
  return addStatistics(part, x, { lengths, varianceFloor: pooledVarianceFloor });
}

/** The ONNX form of `LastMeanMaxPooling`. */
export function addLastMeanMaxPooling(
  part: LayerGraph,
  layer: { outputShape: unknown },
  [x, lengths]: SequenceInputs,
): string {
  const width = (layer.outputShape as number[]).at(-1)! / 3;
  const frameAxis = part.integers('frame_axis', [1]);
  const columnAxis = part.integers('column_axis', [2]);
  const [start, middle, end] = [0, width / 2, width].map((column) =>
    part.integers(`column_${column}`, [column]),
  ) as [string, string, string];
  const mask = addFrameMask(part, x, lengths);
  const kept = part.node('Mul', [x, mask], 'kept');

  const oneFrame = part.node('Cast', [part.integer('one', 1)], 'one_int32', {
    to: elementType.int32,
  });
  const shorter = part.node('Sub', [lengths, oneFrame], 'shorter');
  const before = addFrameMask(part, x, shorter, 'mask_before');
  const isLast = part.node('Sub', [mask, before], 'is_last');
  const forwardStates = part.node('Slice', [x, start, middle, columnAxis], 'forward_states');
  const lastOnly = part.node('Mul', [forwardStates, isLast], 'last_only');
  const forward = part.node('ReduceSum', [lastOnly, frameAxis], 'forward', { keepdims: 0 });
  const firstFrame = part.node('Gather', [x, part.integer('first', 0)], 'first_frame', { axis: 1 });
  const backward = part.node('Slice', [firstFrame, middle, end, frameAxis], 'backward');

  const count = part.node('Squeeze', [addFrameCount(part, lengths), columnAxis], 'flat_count');
  const sum = part.node('ReduceSum', [kept, frameAxis], 'sum', { keepdims: 0 });
  const mean = part.node('Div', [sum, count], 'mean');
  const lowered = part.node('Add', [kept, addOutside(part, mask, outsideValue)], 'lowered');
  const maximum = part.node('ReduceMax', [lowered], 'maximum', { axes: [1], keepdims: 0 });
  return part.output('Concat', [forward, backward, mean, maximum], { axis: 1 });
}

/** 0 for a clip's own frames, `value` behind them. */
export function addOutside(part: LayerGraph, mask: string, value: number): string {
  const outside = part.node('Sub', [part.float('whole', 1), mask], 'outside');
  return part.node('Mul', [outside, part.float('outside_value', value)], 'outside_values');
}
