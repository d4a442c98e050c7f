import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio-clip.ts';
import { unsupported } from './decode-failure.ts';

/** Rates outside are not speech recordings, or a damaged header. */
export const lowestRateHz = 1000;
export const highestRateHz = 768_000;
/** 46 minutes at 48 kHz, 512 MB. */
const mostSamples = 1 << 27;
const firstCapacity = 1 << 16;

/** Collects decoded blocks, mixes their channels to one and holds the length limit. */
export class MonoBuffer {
  readonly #sampleRateHz: number;
  readonly #maxDurationSec: number;
  readonly #maxSamples: number;
  #samples: Float32Array = new Float32Array(0);
  #length = 0;

  /** @throws SerError `AUDIO_UNSUPPORTED` for a rate that is out of range. */
  constructor(sampleRateHz: number, maxDurationSec: number) {
    if (!(sampleRateHz >= lowestRateHz && sampleRateHz <= highestRateHz)) {
      throw unsupported(
        `The sample rate is ${sampleRateHz} Hz; ${lowestRateHz} to ${highestRateHz} Hz can be read.`,
      );
    }
    this.#sampleRateHz = sampleRateHz;
    this.#maxDurationSec = maxDurationSec;
    this.#maxSamples = Math.min(mostSamples, Math.ceil(maxDurationSec * sampleRateHz));
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Makes room for `count` more samples.
   *
   * @throws SerError `AUDIO_TOO_LONG` where that would pass the limit.
   */
  reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted > mostSamples) {
      throw new SerError(
        'AUDIO_TOO_LONG',
        `The audio has more than ${mostSamples} samples, the most that are decoded at once; cut it into pieces.`,
      );
    }
    if (wanted > this.#maxSamples) {
      throw new SerError(
        'AUDIO_TOO_LONG',
        `The audio is longer than ${this.#maxDurationSec} s, the limit for one clip; cut it into pieces, or raise maxDurationSec.`,
      );
    }
    if (wanted <= this.#samples.length) return;
    const capacity = Math.max(wanted, Math.min(2 * this.#samples.length, this.#maxSamples));
    const grown = new Float32Array(Math.max(capacity, Math.min(firstCapacity, this.#maxSamples)));
    grown.set(this.#samples.subarray(0, this.#length));
    this.#samples = grown;
  }

  /** Appends samples `start` … `end - 1` of a block given as one array a channel, times `scale`. */
  append(
    channels: readonly ArrayLike<number>[],
    start = 0,
    end = channels[0]?.length ?? 0,
    scale = 1,
  ): void {
    this.reserve(end - start);
    const samples = this.#samples;
    const factor = scale / channels.length;
    let position = this.#length;
    for (let index = start; index < end; index++) {
      let sum = 0;
      for (let channel = 0; channel < channels.length; channel++) sum += channels[channel]![index]!;
      samples[position++] = sum * factor;
    }
    this.#length = position;
  }

  /** Drops all but samples `start` … `end - 1`. */
  keep(start: number, end: number): void {
    const last = Math.min(this.#length, Math.max(start, end));
    this.#samples.copyWithin(0, start, last);
    this.#length = Math.max(0, last - start);
  }

  /** The clip, without copying where the buffer is exactly full. */
  finish(): AudioClip {
    const samples =
      this.#samples.length === this.#length ? this.#samples : this.#samples.slice(0, this.#length);
    return { samples, sampleRateHz: this.#sampleRateHz };
  }
}
