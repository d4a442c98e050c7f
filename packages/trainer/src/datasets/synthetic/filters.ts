/** A two-pole resonance with unit gain at 0 Hz (Klatt 1980, equation 1). */
export class Resonator {
  #a = 1;
  #b = 0;
  #c = 0;
  #last = 0;
  #beforeLast = 0;

  /** Moves the resonance; what rings goes on ringing. */
  tune(frequencyHz: number, bandwidthHz: number, sampleRateHz: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
    this.#c = -radius * radius;
    this.#b = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
    this.#a = 1 - this.#b - this.#c;
  }

  filter(sample: number): number {
    const output = this.#a * sample + this.#b * this.#last + this.#c * this.#beforeLast;
    this.#beforeLast = this.#last;
    this.#last = output;
    return output;
  }
}

/** A first-order shelf: 0 dB at 0 Hz, `gainDb` far above `cornerHz`, half of it there. */
export class Shelf {
  readonly #b0: number;
  readonly #b1: number;
  readonly #a1: number;
  #lastInput = 0;
  #lastOutput = 0;

  constructor(cornerHz: number, gainDb: number, sampleRateHz: number) {
    const gain = 10 ** (gainDb / 20);
    const pole = Math.tan((Math.PI * cornerHz) / sampleRateHz) * Math.sqrt(gain);
    this.#b0 = (pole + gain) / (pole + 1);
    this.#b1 = (pole - gain) / (pole + 1);
    this.#a1 = (pole - 1) / (pole + 1);
  }

  filter(sample: number): number {
    const output = this.#b0 * sample + this.#b1 * this.#lastInput - this.#a1 * this.#lastOutput;
    this.#lastInput = sample;
    this.#lastOutput = output;
    return output;
  }
}
