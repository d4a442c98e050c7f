import { SerError } from '@ser/dsp-wasm';
import { type Clip, speakerKey } from '../datasets/clip.ts';
import { compareText } from '../datasets/emotions.ts';
import { groupBy } from '../group-by.ts';
import type { Random } from '../random.ts';

const defaultShare = 0.15;

/** The distinct speakers of clips, sorted. */
export function listSpeakers(clips: readonly Clip[]): string[] {
  return [...new Set(clips.map(speakerKey))].sort(compareText);
}

/**
 * Takes whole speakers out of the training side for validation: a share of them, by default 15 %,
 * rounded up, drawn by `random`; 0 takes none. RAVDESS's 19 training actors give 3, EMO-DB's 9 give
 * 2. Each corpus gives its own share where it has more than one speaker, so that validation hears
 * all of them.
 *
 * @throws SerError DATASET_INVALID where no training speaker would be left
 */
export function takeValidationSpeakers(
  clips: readonly Clip[],
  random: Random,
  share: number | null = null,
): { train: Clip[]; validation: Clip[] } {
  if (share === 0) return { train: [...clips], validation: [] };
  const byCorpus = groupBy(listSpeakers(clips), (speaker) => speaker.split('/')[0]!);
  const chosen = new Set<string>();
  for (const [corpus, speakers] of byCorpus) {
    if (speakers.length < 2) continue;
    const count = Math.ceil((share ?? defaultShare) * speakers.length);
    for (const speaker of random.fork(corpus).shuffle(speakers).slice(0, count)) {
      chosen.add(speaker);
    }
  }
  if (chosen.size === 0) {
    throw new SerError(
      'DATASET_INVALID',
      `The training side has one speaker a corpus (${[...byCorpus.values()].flat().join(', ')}); two of one corpus are needed, one for validation.`,
    );
  }
  return {
    train: clips.filter((clip) => !chosen.has(speakerKey(clip))),
    validation: clips.filter((clip) => chosen.has(speakerKey(clip))),
  };
}
