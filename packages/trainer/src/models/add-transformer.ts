import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/model-settings.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';
import { SelfAttention } from './self-attention.ts';
import { SinusoidalPositions } from './sinusoidal-positions.ts';

/**
 * A transformer encoder: a projection to `width`, positions, and layers of self-attention and a
 * ReLU network, each normalised in front and added to what it was given. Returns the normalised
 * frames, [batch, frames, width].
 */
export function addTransformer(
  member: MemberBuilder,
  { x: input, lengths }: SymbolicSequence,
  { layers, heads, width, feedForward }: NonNullable<ModelSettings['transformer']>,
): SymbolicTensor {
  let x = member.addDense('transformer_project', input, { units: width });
  x = member.add('positions', x, ({ name }) => new SinusoidalPositions({ name }));
  x = member.addDropout('positions_dropout', x);
  const addBranch = (name: string, branch: (normalised: SymbolicTensor) => SymbolicTensor) => {
    const changed = branch(member.addNormalisation(`${name}_norm`, x));
    x = member.addSum(`${name}_sum`, [x, member.addDropout(`${name}_dropout`, changed)]);
  };
  for (let layer = 1; layer <= layers; layer++) {
    const attention = `attention_${layer}`;
    addBranch(attention, (normalised) => {
      const attended = member.add(
        attention,
        [normalised, lengths],
        (identity) => new SelfAttention({ ...identity, heads }),
      );
      return member.addDense(`${attention}_project`, attended, { units: width });
    });
    const network = `feed_forward_${layer}`;
    addBranch(network, (normalised) => {
      const options = { units: feedForward, activation: 'relu' } as const;
      const hidden = member.addDense(`${network}_hidden`, normalised, options);
      const kept = member.addDropout(`${network}_hidden_dropout`, hidden);
      return member.addDense(network, kept, { units: width });
    });
  }
  return member.addNormalisation('transformer_norm', x);
}
