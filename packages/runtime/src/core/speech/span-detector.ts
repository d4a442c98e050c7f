import { speechInput } from './speech-model.ts';

/** Frames `startFrame` … `endFrame - 1`. */
export interface FrameSpan {
  startFrame: number;
  endFrame: number;
}

/** Speech begins with a frame at or above this probability, */
const onset = 0.5;
/** and lasts while frames stay at or above this one. */
const offset = 0.35;
const frameSec = speechInput.frameLength / speechInput.sampleRateHz;
/** Shorter speech is a click or a cough. */
const shortestSpeech = Math.ceil(0.25 / frameSec);
/** Shorter silence is a pause within speech. */
const shortestSilence = Math.ceil(0.3 / frameSec);

/** Turns speech probabilities, frame by frame, into spans of speech. */
export class SpanDetector {
  #frames = 0;
  #startFrame: number | null = null;
  #endFrame = 0;

  /** The speech that goes on now, as far as it is known, or null; null too while it is short. */
  get open(): FrameSpan | null {
    return this.#isLongEnough()
      ? { startFrame: this.#startFrame!, endFrame: this.#endFrame }
      : null;
  }

  /** @returns the span that this frame's silence ends, or null. */
  push(probability: number): FrameSpan | null {
    const frame = this.#frames++;
    const isSpeech = probability >= (this.#startFrame === null ? onset : offset);
    if (isSpeech) {
      this.#startFrame ??= frame;
      this.#endFrame = frame + 1;
      return null;
    }
    return this.#frames - this.#endFrame < shortestSilence ? null : this.finish();
  }

  /** @returns the span that the end of the signal ends, or null. */
  finish(): FrameSpan | null {
    const span = this.#isLongEnough()
      ? { startFrame: this.#startFrame!, endFrame: this.#endFrame }
      : null;
    this.#startFrame = null;
    return span;
  }

  #isLongEnough(): boolean {
    return this.#startFrame !== null && this.#endFrame - this.#startFrame >= shortestSpeech;
  }
}
