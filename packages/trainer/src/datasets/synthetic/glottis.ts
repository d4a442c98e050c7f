import type { Random } from '../../random.ts';

const openShare = 0.4;
const closingShare = 0.16;
const peakSlope = Math.PI / 2 / closingShare;

/**
 * The voice's source: the derivative of Rosenberg's glottal pulse (1971, type C), scaled to a peak of
 * 1, and aspiration that is loudest while the glottis is open. Each period strays in length by
 * `jitter` and in height by twice as much.
 */
export class Glottis {
  readonly #jitter: number;
  readonly #breath: number;
  readonly #random: Random;
  #phase = 0;
  #stretch = 1;
  #height = 1;

  constructor(jitter: number, breath: number, random: Random) {
    this.#jitter = jitter;
    this.#breath = breath;
    this.#random = random;
  }

  /** The next sample; `step` is the pitch over the sample rate. */
  next(step: number): number {
    this.#phase += step * this.#stretch;
    if (this.#phase >= 1) {
      this.#phase -= 1;
      this.#stretch = Math.max(0.5, 1 + this.#jitter * this.#random.normal());
      this.#height = Math.max(0.2, 1 + 2 * this.#jitter * this.#random.normal());
    }
    const isOpen = this.#phase < openShare + closingShare;
    const aspiration = this.#breath * drawNoise(this.#random) * (isOpen ? 1 : 0.3);
    return this.#height * readSlope(this.#phase) + aspiration;
  }
}

function readSlope(phase: number): number {
  if (phase < openShare) {
    const opening = Math.PI / openShare;
    return (0.5 * opening * Math.sin(opening * phase)) / peakSlope;
  }
  const closing = phase - openShare;
  return closing < closingShare ? -Math.sin(closing * peakSlope) : 0;
}

/** White noise of unit power, evenly spread. */
export function drawNoise(random: Random): number {
  return random.uniform(-Math.sqrt(3), Math.sqrt(3));
}
