/** Decoded audio of one channel. */
export interface AudioClip {
  /** Mono; the mean of the channels where there were several. Nominally -1 … 1. */
  samples: Float32Array;
  sampleRateHz: number;
}

/** Length of a clip in seconds. */
export function measureDuration({ samples, sampleRateHz }: AudioClip): number {
  return samples.length / sampleRateHz;
}
