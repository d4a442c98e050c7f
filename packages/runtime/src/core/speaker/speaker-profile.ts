/**
 * What is known of a speaker's voice: the mean embedding of clips, none of which needs a label. It is
 * personal data, as a voice print is.
 */
export interface SpeakerProfile {
  /** Clips that it was made from; a window of a recording counts as the part of a clip that it adds. */
  clips: number;
  /** Mean of their embeddings: as many numbers as the model's embedding has. */
  mean: Float32Array;
}

/** What some embeddings tell of a speaker; null where there are none. */
export function measureProfile(embeddings: readonly Float32Array[]): SpeakerProfile | null {
  const mean = new SpeakerMean(embeddings[0]?.length ?? 0);
  for (const embedding of embeddings) mean.add(embedding);
  return mean.profile;
}

/** Sums embeddings of one speaker up, as they come. */
export class SpeakerMean {
  readonly #sum: Float64Array;
  #clips = 0;

  /** @param width numbers of an embedding */
  constructor(width: number) {
    this.#sum = new Float64Array(width);
  }

  /** @param share what the embedding counts for, in clips. */
  add(embedding: Float32Array, share = 1): void {
    for (let i = 0; i < embedding.length; i++) this.#sum[i]! += share * embedding[i]!;
    this.#clips += share;
  }

  /** null before anything was added. */
  get profile(): SpeakerProfile | null {
    const clips = this.#clips;
    return clips > 0 ? { clips, mean: Float32Array.from(this.#sum, (sum) => sum / clips) } : null;
  }

  /** What is known of the speaker without one of the embeddings that were added whole. */
  without(embedding: Float32Array): SpeakerProfile | null {
    const clips = this.#clips - 1;
    if (!(clips > 0)) return null;
    const mean = Float32Array.from(this.#sum, (sum, i) => (sum - embedding[i]!) / clips);
    return { clips, mean };
  }
}
