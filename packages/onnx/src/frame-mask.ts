import type { LayerGraph } from './graph-builder.ts';
import { elementType } from './onnx-model.ts';

/** The numbers of a sequence's frames, from 0, [frames] (int64). */
export function addFrameNumbers(part: LayerGraph, input: string, name: string): string {
  const one = part.integer(`${name}/one`, 1);
  const shape = part.node('Shape', [input], `${name}/shape`);
  const frames = part.node('Gather', [shape, one], `${name}/frames`, { axis: 0 });
  return part.node('Range', [part.integer(`${name}/zero`, 0), frames, one], `${name}/frame`);
}

/**
 * 1 for each of a clip's own frames and 0 behind them, [batch, frames, 1], of a sequence [batch,
 * frames, ...] and lengths [batch].
 */
export function addFrameMask(
  part: LayerGraph,
  input: string,
  lengths: string,
  name = 'mask',
): string {
  const frame = addFrameNumbers(part, input, name);
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
