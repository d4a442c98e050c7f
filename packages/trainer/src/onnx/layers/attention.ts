import { addFrameMask, addFrameNumbers, elementType } from '@ser/onnx';
import { outsideScore } from '../../models/attention-pooling.ts';
import type { SelfAttention } from '../../models/self-attention.ts';
import { listFrequencies } from '../../models/sinusoidal-positions.ts';
import type { LayerGraph } from '../layer-graph.ts';
import { addOutside } from './pooling.ts';

/** The ONNX form of {@link SelfAttention}. */
export function addSelfAttention(
  part: LayerGraph,
  { config: { heads }, kernels }: SelfAttention,
  [x, lengths]: [string, string],
): string {
  const width = kernels!.query.shape[0]!;
  const split = part.integers('split', [0, 0, heads, width / heads]);
  const project = (name: 'query' | 'key' | 'value', perm: number[]): string => {
    const weight = part.weight(`${name}/kernel`, kernels![name]);
    const product = part.node('MatMul', [x, weight], `${name}/product`);
    const parts = part.node('Reshape', [product, split], `${name}/split`);
    return part.node('Transpose', [parts], name, { perm });
  };
  const query = project('query', [0, 2, 1, 3]);
  const product = part.node('MatMul', [query, project('key', [0, 2, 3, 1])], 'product');
  const scale = part.float('scale', Math.sqrt(heads / width));
  const scaled = part.node('Mul', [product, scale], 'scaled');
  // [batch, frames, 1] to [batch, 1, 1, frames]
  const shape = part.integers('mask_shape', [0, 1, 1, -1]);
  const mask = part.node('Reshape', [addFrameMask(part, x, lengths), shape], 'mask_4d');
  const score = part.node('Add', [scaled, addOutside(part, mask, outsideScore)], 'score');
  const share = part.node('Softmax', [score], 'share', { axis: -1 });
  const attended = part.node('MatMul', [share, project('value', [0, 2, 1, 3])], 'attended');
  const together = part.node('Transpose', [attended], 'together', { perm: [0, 2, 1, 3] });
  return part.output('Reshape', [together, part.integers('joined_shape', [0, 0, width])]);
}

/** The ONNX form of `SinusoidalPositions`. */
export function addSinusoidalPositions(
  part: LayerGraph,
  layer: { outputShape: unknown },
  [x]: [string],
): string {
  const width = (layer.outputShape as number[]).at(-1)!;
  const frequencies = part.floats('frequencies', [1, width / 2], listFrequencies(width));
  const numbers = addFrameNumbers(part, x, 'frames');
  const float = part.node('Cast', [numbers], 'frame_float', { to: elementType.float32 });
  const frame = part.node('Unsqueeze', [float, part.integers('column_axis', [1])], 'frame');
  const angle = part.node('Mul', [frame, frequencies], 'angle');
  const waves = [part.node('Sin', [angle], 'sine'), part.node('Cos', [angle], 'cosine')];
  return part.output('Add', [x, part.node('Concat', waves, 'waves', { axis: 1 })]);
}
