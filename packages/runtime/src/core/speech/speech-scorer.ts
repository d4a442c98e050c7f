import { type SpeechModel, speechInput } from './speech-model.ts';

const { frameLength, contextLength, stateLength } = speechInput;
const inputLength = contextLength + frameLength;

/** Gives a signal at 16 kHz that arrives in pieces one speech probability a frame of 32 ms. */
export class SpeechScorer {
  readonly #model: SpeechModel;
  /** What the next frame begins with: the end of the one before, then samples that fill no frame. */
  #rest: Float32Array = new Float32Array(contextLength);
  #state: Float32Array = new Float32Array(stateLength);

  constructor(model: SpeechModel) {
    this.#model = model;
  }

  /** @returns probabilities of the frames that are full now. */
  async push(samples: Float32Array): Promise<Float32Array> {
    const signal = new Float32Array(this.#rest.length + samples.length);
    signal.set(this.#rest);
    signal.set(samples, this.#rest.length);
    const count = Math.floor((signal.length - contextLength) / frameLength);
    this.#rest = signal.slice(count * frameLength);
    if (count === 0) return new Float32Array(0);
    const frames = new Float32Array(count * inputLength);
    for (let frame = 0; frame < count; frame++) {
      const start = frame * frameLength;
      frames.set(signal.subarray(start, start + inputLength), frame * inputLength);
    }
    const { probabilities, state } = await this.#model.score(frames, this.#state);
    this.#state = state;
    return probabilities;
  }
}
