import { addFrameCount, addFrameMask } from './frame-mask.ts';
import type { LayerGraph } from './graph-builder.ts';

/**
 * Mean and standard deviation of each column of a sequence [batch, frames, width] over a clip's own
 * frames, as the layer's output [batch, 2 * width], the means first.
 *
 * @param options.lengths name of the numbers of frames, int32 [batch]
 * @param options.varianceFloor added to each variance before its root is taken
 */
export function addStatistics(
  part: LayerGraph,
  x: string,
  { lengths, varianceFloor }: { lengths: string; varianceFloor: number },
): string {
  const axis = part.integers('frame_axis', [1]);
  const mask = addFrameMask(part, x, lengths);
  const count = addFrameCount(part, lengths);
  const average = (value: string, name: string): string => {
    const sum = part.node('ReduceSum', [value, axis], `${name}/sum`, { keepdims: 1 });
    return part.node('Div', [sum, count], name);
  };
  const mean = average(part.node('Mul', [x, mask], 'kept'), 'mean');
  const difference = part.node('Sub', [x, mean], 'difference');
  const kept = part.node('Mul', [difference, mask], 'kept_difference');
  const variance = average(part.node('Mul', [kept, kept], 'square'), 'variance');
  const floor = part.float('variance_floor', varianceFloor);
  const deviation = part.node('Sqrt', [part.node('Add', [variance, floor], 'raised')], 'deviation');
  const joined = part.node('Concat', [mean, deviation], 'joined', { axis: 2 });
  return part.output('Squeeze', [joined, axis]);
}
