import { elementType } from '../encode-model.ts';
import type { LayerGraph } from '../graph-builder.ts';

/**
 * 1 for each of a clip's own frames and 0 behind them, [batch, frames, 1], of a sequence [batch,
 * frames, ...] and lengths [batch].
 */
export function addFrameMask(part: LayerGraph, input: string, lengths: string, name = 'mask') {
  const one = part.integer(`${name}/one`, 1);
  const shape = part.node('Shape', [input], `${name}/shape`);
  const frames = part.node('Gather', [shape, one], `${name}/frames`, { axis: 0 });
  const zero = part.integer(`${name}/zero`, 0);
  const frame = part.node('Range', [zero, frames, one], `${name}/frame`);
  const frame32 = part.node('Cast', [frame], `${name}/frame_int32`, { to: elementType.int32 });
  const axis = part.integers(`${name}/frame_axis`, [1]);
  const length = part.node('Unsqueeze', [lengths, axis], `${name}/length`);
  const isInside = part.node('Less', [frame32, length], `${name}/is_inside`);
  const flat = part.node('Cast', [isInside], `${name}/flat`, { to: elementType.float32 });
  return part.node('Unsqueeze', [flat, part.integers(`${name}/last_axis`, [2])], name);
}

/** The lengths as float32, [batch, 1, 1]. */
export function addFrameCount(part: LayerGraph, lengths: string): string {
  const float = part.node('Cast', [lengths], 'count/float', { to: elementType.float32 });
  return part.node('Unsqueeze', [float, part.integers('count/axes', [1, 2])], 'count');
}
