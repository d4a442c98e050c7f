import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/model-settings.ts';
import { BidirectionalLstm } from './bidirectional-lstm.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';

/**
 * A BiLSTM for each entry of `lstmUnits`, with dropout between them; `residual` adds its input to
 * the output of each but the last, through a projection where the widths differ, and normalises
 * the sum. Returns the last one's states of every frame, or with pooling `last` the last states of
 * its two directions.
 */
export function addLstms(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  { lstmUnits, pooling, residual }: ModelSettings,
): SymbolicTensor {
  return lstmUnits.reduce((input, units, index) => {
    const isLast = index === lstmUnits.length - 1;
    const returnSequences = !isLast || pooling !== 'last';
    const name = `bilstm_${index + 1}`;
    const states = member.add(
      name,
      [input, lengths],
      (identity) => new BidirectionalLstm({ ...identity, units, returnSequences }),
    );
    if (isLast) return states;
    const output = residual ? addResidual(member, name, { input, output: states }) : states;
    return member.addDropout(`dropout_${index + 1}`, output);
  }, x);
}

function addResidual(
  member: MemberBuilder,
  name: string,
  { input, output }: { input: SymbolicTensor; output: SymbolicTensor },
): SymbolicTensor {
  const units = output.shape.at(-1)!;
  const passed =
    input.shape.at(-1) === units ? input : member.addDense(`${name}_project`, input, { units });
  return member.addNormalisation(`${name}_norm`, member.addSum(`${name}_sum`, [passed, output]));
}
