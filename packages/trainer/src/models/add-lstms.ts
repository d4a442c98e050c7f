import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/recipe.ts';
import { BidirectionalLstm } from './bidirectional-lstm.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';

/**
 * A BiLSTM for each entry of `lstmUnits`, with dropout between them. Returns the last one's states
 * of every frame, or with pooling `last` the last states of its two directions.
 */
export function addLstms(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { lstmUnits, pooling }: ModelSettings,
): SymbolicTensor {
  return lstmUnits.reduce((input, units, index) => {
    const isLast = index === lstmUnits.length - 1;
    const returnSequences = !isLast || pooling !== 'last';
    const states = member.add(
      `bilstm_${index + 1}`,
      [input, lengths],
      (identity) => new BidirectionalLstm({ ...identity, units, returnSequences }),
    );
    return isLast ? states : member.addDropout(`dropout_${index + 1}`, states);
  }, x);
}
