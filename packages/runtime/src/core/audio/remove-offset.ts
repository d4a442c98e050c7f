/** How far back the mean of a live signal reaches: long enough to leave the lowest voices alone. */
const memorySec = 2;

/** Mean of samples; 0 of none. */
export function measureMean(samples: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += samples[index]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/**
 * The samples without their mean: a constant, which some microphones add, carries no sound.
 *
 * @returns a fresh array.
 */
export function removeOffset(samples: Float32Array): Float32Array {
  const mean = measureMean(samples);
  const centred = new Float32Array(samples.length);
  for (let index = 0; index < samples.length; index++) centred[index] = samples[index]! - mean;
  return centred;
}

/**
 * Takes the offset off a signal that arrives in pieces, by what has been heard of it: the mean of all
 * samples so far, in which those of more than two seconds ago fade. The result does not depend on
 * the cut.
 */
export class OffsetRemover {
  readonly #memory: number;
  #mean = 0;
  #count = 0;

  constructor(sampleRateHz: number) {
    this.#memory = memorySec * sampleRateHz;
  }

  /** @returns a fresh array of the same length. */
  push(samples: Float32Array): Float32Array {
    const centred = new Float32Array(samples.length);
    for (let index = 0; index < samples.length; index++) {
      this.#count = Math.min(this.#count + 1, this.#memory);
      this.#mean += (samples[index]! - this.#mean) / this.#count;
      centred[index] = samples[index]! - this.#mean;
    }
    return centred;
  }
}
