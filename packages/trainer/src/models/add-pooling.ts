import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/model-settings.ts';
import { AttentionPooling } from './attention-pooling.ts';
import { LastMeanMaxPooling } from './last-mean-max-pooling.ts';
import type { LayerIdentity, MemberBuilder, SymbolicSequence } from './member-builder.ts';
import { StatisticsPooling } from './statistics-pooling.ts';

const layers = {
  attention: (identity: LayerIdentity) => new AttentionPooling(identity),
  statistics: ({ name }: LayerIdentity) => new StatisticsPooling({ name }),
  'last-mean-max': ({ name }: LayerIdentity) => new LastMeanMaxPooling({ name }),
};

/** Makes one vector a clip of its frames; `last` is what the last BiLSTM gives by itself. */
export function addPooling(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  pooling: ModelSettings['pooling'],
): SymbolicTensor {
  return pooling === 'last' ? x : member.add('pooling', [x, lengths], layers[pooling]);
}
