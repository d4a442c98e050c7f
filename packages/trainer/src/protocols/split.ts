import type { Clip } from '../datasets/clip.ts';

/** The protocols by name; `docs/protocols` says what each score means. */
export const protocolNames = [
  'random',
  'ravdess-5fold',
  'emodb-loso',
  'speaker-kfold',
  'cross-corpus',
  'all',
  'file',
] as const;

export type ProtocolName = (typeof protocolNames)[number];

/** One division of a dataset. `fold` is null for a protocol without folds. */
export interface Split {
  protocol: ProtocolName;
  seed: number;
  fold: number | null;
  /** What is fitted: weights, statistics, augmentation. */
  train: Clip[];
  /** What picks the checkpoint and fits the temperature. Empty in `all` and for a share of 0. */
  validation: Clip[];
  /** What is scored, once. Empty in `all`. */
  test: Clip[];
}

/** The three sides of a split, without its name. */
export type SplitSides = Pick<Split, 'train' | 'validation' | 'test'>;

/** True where the protocol promises that no speaker is on two sides. */
export function isSpeakerIndependent(protocol: ProtocolName): boolean {
  return protocol !== 'random' && protocol !== 'file';
}
