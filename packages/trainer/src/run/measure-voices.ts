import { measureEmbeddings } from '@ser/encoders';
import { measureProfile, type VoicePrior } from '@ser/runtime/core';
import { groupBy } from '../group-by.ts';

/** An embedding with whose it is, and where it was recorded. */
export interface VoiceExample {
  embedding: Float32Array;
  speaker: string;
  corpus: string;
}

/**
 * Measures what voices are like over the clips of a training: the centre of each corpus and of all,
 * how far speakers lie from it, and clips from their speaker.
 *
 * @returns undefined where no corpus has two speakers, so that nothing can be told of voices.
 */
export function measureVoices(examples: readonly VoiceExample[]): VoicePrior | undefined {
  const { deviation: scale } = measureEmbeddings(examples.map(({ embedding }) => embedding));
  const corpora: VoicePrior['corpora'] = [];
  const means: Float32Array[] = [];
  let squares = 0;
  for (const ofCorpus of groupBy(examples, ({ corpus }) => corpus).values()) {
    const speakers = [...groupBy(ofCorpus, ({ speaker }) => speaker).values()];
    const own = speakers.map((clips) => average(clips.map(({ embedding }) => embedding)));
    means.push(...own);
    speakers.forEach((clips, at) => {
      for (const { embedding } of clips) squares += measureSquare(embedding, own[at]!, scale);
    });
    const centre = average(own);
    const between = own.reduce((sum, mean) => sum + measureSquare(mean, centre, scale), 0);
    if (between > 0) corpora.push({ centre, between: between / own.length });
  }
  const within = squares / examples.length;
  if (corpora.length === 0 || within === 0) return undefined;
  return { centre: average(means), scale, within, corpora, told: null };
}

function measureSquare(a: Float32Array, b: Float32Array, scale: Float32Array): number {
  return a.reduce((sum, value, i) => sum + ((value - b[i]!) / scale[i]!) ** 2, 0) / a.length;
}

function average(rows: readonly Float32Array[]): Float32Array {
  return measureProfile(rows)!.mean;
}
