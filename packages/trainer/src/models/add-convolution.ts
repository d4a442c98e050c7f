import type { ModelSettings } from '../recipes/model-settings.ts';
import { MaskedConvolution } from './masked-convolution.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';
import { StridedLengths } from './strided-lengths.ts';

/**
 * Convolutions over time, each with layer normalisation, ReLU and dropout behind it. A stride
 * belongs to the last one, and shortens the sequence.
 */
export function addConvolution(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { channels: layers, kernelSize, stride }: NonNullable<ModelSettings['convolution']>,
): SymbolicSequence {
  layers.forEach((channels, index) => {
    const name = `convolution_${index + 1}`;
    const own = { channels, kernelSize, stride: index === layers.length - 1 ? stride : 1 };
    x = member.add(
      name,
      [x, lengths],
      (identity) => new MaskedConvolution({ ...identity, ...own }),
    );
    x = member.addNormalisation(`${name}_norm`, x);
    x = member.addRelu(`${name}_relu`, x);
    x = member.addDropout(`${name}_dropout`, x);
  });
  if (stride > 1) {
    const create = ({ name }: { name: string }) => new StridedLengths({ name, stride });
    lengths = member.add('strided_lengths', lengths, create);
  }
  return { x, lengths };
}
