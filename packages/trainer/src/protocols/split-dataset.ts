import { SerError } from '@ser/dsp-wasm';
import { type Dataset, speakerKey } from '../datasets/clip.ts';
import { createRandom } from '../random.ts';
import { assertDisjoint } from './assert-disjoint.ts';
import { splitRandomly } from './random-split.ts';
import { listEmodbFolds, listRavdessFolds, listSpeakerFolds } from './speaker-folds.ts';
import { type ProtocolName, protocolNames, type Split, type SplitSides } from './split.ts';
import { applySplitFile, type SplitFile } from './split-file.ts';
import { takeValidationSpeakers } from './validation-speakers.ts';

export interface ProtocolOptions {
  protocol: ProtocolName;
  /** Draws test clips (`random`), the folds (`speaker-kfold`) and the validation side. Default 0. */
  seed?: number;
  /** How many folds `speaker-kfold` makes. Default 5; not for other protocols. */
  folds?: number;
}

export interface SplitOptions extends ProtocolOptions {
  /**
   * Share of the training speakers, or clips (`random`), that validate; 0: none does. Null: see
   * `splitDataset`.
   */
  validationShare?: number | null;
  /** Which fold of `listFolds`. Default 0. Not for `random`, `file` and `all`. */
  fold?: number;
  /** The named clips of the protocol `file`. */
  splitFile?: SplitFile;
}

/** A fold and what it tests: speakers as `corpus/speaker`, or a corpus; null and `all` without folds. */
export interface Fold {
  fold: number | null;
  test: string[];
}

/**
 * Lists the folds of a protocol on a dataset: RAVDESS's 5, a fold an EMO-DB speaker, `folds` of
 * speakers, or a fold a corpus (`cross-corpus`). `random`, `file` and `all` have one, without a
 * number.
 */
export function listFolds(dataset: Dataset, options: ProtocolOptions): Fold[] {
  const { protocol, seed = 0, folds = 5 } = options;
  if (options.folds !== undefined && protocol !== 'speaker-kfold') {
    throw new SerError(
      'INVALID_ARGUMENT',
      `folds is ${folds}; only speaker-kfold takes it, and the protocol is ${protocol}.`,
    );
  }
  const { clips } = dataset;
  const ofSpeakers = (list: { fold: number; testSpeakers: string[] }[]) =>
    list.map(({ fold, testSpeakers }) => ({ fold, test: testSpeakers }));
  switch (protocol) {
    case 'random':
    case 'file':
      return [{ fold: null, test: ['all'] }];
    case 'all':
      return [{ fold: null, test: [] }];
    case 'ravdess-5fold':
      return ofSpeakers(listRavdessFolds(clips));
    case 'emodb-loso':
      return ofSpeakers(listEmodbFolds(clips));
    case 'speaker-kfold':
      return ofSpeakers(listSpeakerFolds(clips, folds, seed));
    case 'cross-corpus':
      if (dataset.corpora.length < 2) {
        throw new SerError(
          'DATASET_INVALID',
          'cross-corpus needs at least two corpora in the dataset.',
        );
      }
      return dataset.corpora.map(({ name }, fold) => ({ fold, test: [name] }));
    default:
      throw new SerError(
        'INVALID_ARGUMENT',
        `protocol is ${String(protocol)}; allowed are ${protocolNames.join(', ')}.`,
      );
  }
}

/**
 * Divides a dataset by a protocol into train, validation and test, and proves that nothing crosses.
 *
 * - `random`: stratified by label 80/20, then `validationShare`, by default 10 %, of the 80 for
 *   validation. Speakers overlap.
 * - `ravdess-5fold`, `emodb-loso`: fixed test speakers. Clips of further corpora join training only.
 * - `speaker-kfold`: seeded folds of whole speakers, for any corpora.
 * - `cross-corpus`: the fold's corpus is the test side, the others train, on the labels they share.
 * - `file`: what `splitFile` names.
 * - `all`: every clip trains, and the other sides are empty.
 *
 * Where speakers do not overlap, validation is `validationShare`, by default 15 %, of the training
 * speakers, whole. Every side
 * keeps the dataset's order.
 *
 * @throws SerError INVALID_ARGUMENT for a fold that the protocol lacks, DATASET_INVALID for a
 *   dataset that does not fit it
 * @example
 * for (const { fold } of listFolds(dataset, { protocol: 'ravdess-5fold' })) {
 *   const split = splitDataset(dataset, { protocol: 'ravdess-5fold', fold: fold ?? 0 });
 * }
 */
export function splitDataset(dataset: Dataset, options: SplitOptions): Split {
  const { protocol, seed = 0 } = options;
  const folds = listFolds(dataset, options);
  const hasFolds = folds[0]!.fold !== null;
  if (!hasFolds && options.fold !== undefined) {
    throw new SerError('INVALID_ARGUMENT', `fold is ${options.fold}; ${protocol} has no folds.`);
  }
  const fold = folds[options.fold ?? 0];
  if (!fold) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `fold is ${options.fold}; ${protocol} has folds 0 to ${folds.length - 1}.`,
    );
  }
  const split: Split = { protocol, seed, fold: fold.fold, ...divide(dataset, options, seed, fold) };
  for (const side of ['train', 'validation', 'test'] as const) {
    const mayBeEmpty =
      protocol === 'all' || (side === 'validation' && options.validationShare === 0);
    if (split[side].length === 0 && !mayBeEmpty) {
      throw new SerError('DATASET_INVALID', `The ${side} side of the ${protocol} split is empty.`);
    }
  }
  assertDisjoint(split);
  return split;
}

function divide(dataset: Dataset, options: SplitOptions, seed: number, fold: Fold): SplitSides {
  const { protocol, validationShare: share = null } = options;
  const random = createRandom(seed).fork(`${protocol}/${fold.fold ?? ''}`);
  if (protocol === 'all') return { train: [...dataset.clips], validation: [], test: [] };
  if (protocol === 'random') return splitRandomly(dataset.clips, random, share);
  if (protocol === 'file') {
    if (!options.splitFile) {
      throw new SerError('INVALID_ARGUMENT', 'splitFile is missing; the protocol file needs one.');
    }
    return applySplitFile(dataset, options.splitFile);
  }
  if (protocol === 'cross-corpus') return divideByCorpus(dataset, fold.test[0]!, random, share);

  const testSpeakers = new Set(fold.test);
  const test = dataset.clips.filter((clip) => testSpeakers.has(speakerKey(clip)));
  const rest = dataset.clips.filter((clip) => !testSpeakers.has(speakerKey(clip)));
  if (protocol === 'speaker-kfold') return { ...takeValidationSpeakers(rest, random, share), test };

  const testCorpus = test[0]!.corpus;
  const { train, validation } = takeValidationSpeakers(
    rest.filter(({ corpus }) => corpus === testCorpus),
    random,
    share,
  );
  const trainClips = new Set(train);
  return {
    train: rest.filter((clip) => clip.corpus !== testCorpus || trainClips.has(clip)),
    validation,
    test,
  };
}

function divideByCorpus(
  { clips }: Dataset,
  testCorpus: string,
  random: ReturnType<typeof createRandom>,
  share: number | null,
): SplitSides {
  const test = clips.filter(({ corpus }) => corpus === testCorpus);
  const rest = clips.filter(({ corpus }) => corpus !== testCorpus);
  const testLabels = new Set(test.map(({ label }) => label));
  const shared = new Set(rest.map(({ label }) => label).filter((label) => testLabels.has(label)));
  if (shared.size < 2) {
    throw new SerError(
      'DATASET_INVALID',
      `${testCorpus} shares ${shared.size} labels with the other corpora; cross-corpus needs at least 2.`,
    );
  }
  const isShared = ({ label }: { label: string }) => shared.has(label);
  return {
    ...takeValidationSpeakers(rest.filter(isShared), random, share),
    test: test.filter(isShared),
  };
}
