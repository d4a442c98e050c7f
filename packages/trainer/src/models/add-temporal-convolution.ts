import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/model-settings.ts';
import { BatchNormalisation } from './batch-normalisation.ts';
import { DilatedConvolution } from './dilated-convolution.ts';
import { FrameMask } from './frame-mask.ts';
import { Gate } from './gate.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';
import { WeightedSum } from './weighted-sum.ts';

type Direction = 'past' | 'future';

/**
 * Gated convolutions over time in both directions, after the temporal-aware blocks of Ye et al.
 * 2023 (TIM-Net): in each direction a projection to `channels`, then `blocks`, of which each
 * multiplies its input by a gate that two convolutions over frames 1, 2, 4 … apart make of it.
 * Returns the weighted sum of what all blocks give, [batch, frames, channels].
 */
export function addTemporalConvolution(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { channels, blocks }: NonNullable<ModelSettings['temporalConvolution']>,
): SymbolicTensor {
  const mask = member.add('frame_mask', [x, lengths], ({ name }) => new FrameMask({ name }));
  const addHalf = (
    name: string,
    input: SymbolicTensor,
    own: { dilation: number; direction: Direction },
  ): SymbolicTensor => {
    const sum = member.add(
      name,
      [input, mask],
      (identity) => new DilatedConvolution({ ...identity, channels, ...own }),
    );
    const normalised = member.add(
      `${name}_norm`,
      [sum, mask],
      (identity) => new BatchNormalisation({ name: identity.name }),
    );
    const positive = member.addRelu(`${name}_relu`, normalised);
    return member.addDropout(`${name}_dropout`, positive, { wholeColumns: true });
  };
  const addDirection = (direction: Direction): SymbolicTensor[] => {
    let state = member.addDense(`${direction}_project`, x, { units: channels });
    return Array.from({ length: blocks }, (_, at) => {
      const name = `${direction}_${at + 1}`;
      const own = { dilation: 2 ** at, direction };
      const change = addHalf(`${name}_second`, addHalf(`${name}_first`, state, own), own);
      state = member.add(`${name}_gate`, [state, change], (identity) => new Gate(identity));
      return state;
    });
  };
  const given = [...addDirection('past'), ...addDirection('future')];
  return member.add(
    'temporal_sum',
    given,
    ({ name }) => new WeightedSum({ name, initialWeight: 1 / blocks }),
  );
}
