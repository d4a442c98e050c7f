import { SerError } from '@ser/dsp-wasm';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { createRandom } from '../random.ts';
import { listSpeakers } from './validation-speakers.ts';

/** One fold: the speakers that are its test side, as `corpus/speaker`. */
export interface SpeakerFold {
  fold: number;
  testSpeakers: string[];
}

const ravdessActors = [
  ['02', '05', '14', '15', '16'],
  ['03', '06', '07', '13', '18'],
  ['10', '11', '12', '19', '20'],
  ['08', '17', '21', '23', '24'],
  ['01', '04', '09', '22'],
];

/** The five actor folds of the RAVDESS literature, each with about as many women as men. */
export function listRavdessFolds(clips: readonly Clip[]): SpeakerFold[] {
  const present = new Set(listSpeakers(requireCorpus(clips, 'ravdess', 'ravdess-5fold')));
  return ravdessActors.map((actors, fold) => {
    const testSpeakers = actors.map((actor) => `ravdess/${actor}`);
    const missing = testSpeakers.filter((speaker) => !present.has(speaker));
    if (missing.length > 0) {
      throw new SerError(
        'DATASET_INVALID',
        `ravdess-5fold needs all 24 actors; fold ${fold} lacks ${missing.join(', ')}. speaker-kfold works with any speakers.`,
      );
    }
    return { fold, testSpeakers };
  });
}

/** Leave one EMO-DB speaker out: a fold a speaker, in the order of their numbers. */
export function listEmodbFolds(clips: readonly Clip[]): SpeakerFold[] {
  return listSpeakers(requireCorpus(clips, 'emodb', 'emodb-loso')).map((speaker, fold) => ({
    fold,
    testSpeakers: [speaker],
  }));
}

/**
 * Divides the speakers of any corpora into folds of about equal clip counts: shuffled by the seed,
 * then each given to the fold with the fewest clips so far.
 */
export function listSpeakerFolds(
  clips: readonly Clip[],
  foldCount: number,
  seed: number,
): SpeakerFold[] {
  const speakers = listSpeakers(clips);
  if (!Number.isInteger(foldCount) || foldCount < 2 || foldCount > speakers.length) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `folds is ${foldCount}; with ${speakers.length} speakers it must be a whole number from 2 to ${speakers.length}.`,
    );
  }
  const clipCounts = new Map<string, number>();
  for (const clip of clips) {
    const speaker = speakerKey(clip);
    clipCounts.set(speaker, (clipCounts.get(speaker) ?? 0) + 1);
  }
  const folds = Array.from({ length: foldCount }, (_, fold) => ({
    fold,
    clips: 0,
    testSpeakers: [] as string[],
  }));
  for (const speaker of createRandom(seed).fork('speaker-kfold').shuffle(speakers)) {
    const lightest = folds.reduce((best, fold) => (fold.clips < best.clips ? fold : best));
    lightest.testSpeakers.push(speaker);
    lightest.clips += clipCounts.get(speaker)!;
  }
  return folds.map(({ fold, testSpeakers }) => ({ fold, testSpeakers: testSpeakers.sort() }));
}

function requireCorpus(clips: readonly Clip[], corpus: string, protocol: string): Clip[] {
  const own = clips.filter((clip) => clip.corpus === corpus);
  if (own.length > 0) return own;
  throw new SerError('DATASET_INVALID', `${protocol} needs the corpus ${corpus} in the dataset.`);
}
