import type { ProtocolName } from '@ser/trainer';

/** A protocol that tests clips and needs no file. */
export type TestedProtocol = Exclude<ProtocolName, 'all' | 'file'>;

// Not read from the trainer, which every start of the CLI would have to load; the type keeps it whole.
const names: Record<TestedProtocol, true> = {
  random: true,
  'ravdess-5fold': true,
  'emodb-loso': true,
  'speaker-kfold': true,
  'cross-corpus': true,
};

/** What `--protocol` takes where there must be a test side. */
export const testedProtocols = Object.keys(names) as TestedProtocol[];
