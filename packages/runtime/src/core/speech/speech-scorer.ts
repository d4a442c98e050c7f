import { type SpeechModel, speechInput } from './speech-model.ts';

const { frameLength, contextLength, stateLength } = speechInput;

/** Gives a signal at 16 kHz that arrives in pieces one speech probability a frame of 32 ms. */
export class SpeechScorer {
  readonly #model: SpeechModel;
  /** The frame that is being filled, after the end of the one before. */
  readonly #input = new Float32Array(contextLength + frameLength);
  #filled = 0;
  #state: Float32Array = new Float32Array(stateLength);

  constructor(model: SpeechModel) {
    this.#model = model;
  }

  /** @returns probabilities of the frames that are full now. */
  async push(samples: Float32Array): Promise<number[]> {
    const probabilities: number[] = [];
    for (let start = 0; start < samples.length; ) {
      const count = Math.min(frameLength - this.#filled, samples.length - start);
      this.#input.set(samples.subarray(start, start + count), contextLength + this.#filled);
      this.#filled += count;
      start += count;
      if (this.#filled === frameLength) probabilities.push(await this.#scoreFrame());
    }
    return probabilities;
  }

  async #scoreFrame(): Promise<number> {
    const { probability, state } = await this.#model.score(this.#input, this.#state);
    this.#state = state;
    this.#input.copyWithin(0, frameLength);
    this.#filled = 0;
    return probability;
  }
}
