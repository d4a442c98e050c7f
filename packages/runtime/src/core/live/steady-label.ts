import { findLargest, type Judgement, toJudgement } from '../prediction.ts';

/** Share of the newest window in the smoothed probabilities. */
const newestShare = 0.5;
/** By how much another label must lead before it replaces the one shown. */
const lead = 0.1;

/**
 * Smooths the probabilities of successive windows exponentially, and holds the label until another
 * leads clearly: hysteresis, so that it does not flicker.
 */
export class SteadyLabel {
  readonly #labels: readonly string[];
  #smoothed: Float64Array | null = null;
  #held = 0;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  /** @returns the label held and the smoothed probabilities, or null before the first window. */
  get judgement(): Judgement | null {
    return this.#smoothed && toJudgement(this.#labels, this.#smoothed, this.#held);
  }

  /** Takes the probabilities of the next window. */
  update(row: Float32Array): void {
    const past = this.#smoothed;
    const smoothed = Float64Array.from(row, (value, index) =>
      past ? past[index]! + newestShare * (value - past[index]!) : value,
    );
    const best = findLargest(smoothed);
    if (!past || smoothed[best]! - smoothed[this.#held]! >= lead) this.#held = best;
    this.#smoothed = smoothed;
  }

  /** Forgets everything: what comes next is another utterance. */
  reset(): void {
    this.#smoothed = null;
  }
}
