import { SerError } from '@ser/dsp-wasm';
import { unsupported } from './decode-failure.ts';

/** Rates outside are not speech recordings, or a damaged header. */
export const lowestRateHz = 1000;
export const highestRateHz = 768_000;

/** Mixes the channels of decoded blocks to one and holds the length limit. */
export class MonoMixer {
  readonly sampleRateHz: number;
  readonly #maxDurationSec: number;
  readonly #maxSamples: number;
  #length = 0;

  /** @throws SerError `AUDIO_UNSUPPORTED` for a rate that is out of range. */
  constructor(sampleRateHz: number, maxDurationSec: number) {
    if (!(sampleRateHz >= lowestRateHz && sampleRateHz <= highestRateHz)) {
      throw unsupported(
        `The sample rate is ${sampleRateHz} Hz; ${lowestRateHz} to ${highestRateHz} Hz can be read.`,
      );
    }
    this.sampleRateHz = sampleRateHz;
    this.#maxDurationSec = maxDurationSec;
    this.#maxSamples = Math.ceil(maxDurationSec * sampleRateHz);
  }

  /** Samples mixed so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws SerError `AUDIO_TOO_LONG` where `count` more samples would pass the limit. */
  expect(count: number): void {
    if (this.#length + count <= this.#maxSamples) return;
    throw new SerError(
      'AUDIO_TOO_LONG',
      `The audio is longer than ${this.#maxDurationSec} s, the limit for one clip; cut it into pieces, or raise maxDurationSec.`,
    );
  }

  /**
   * The mean of samples `start` … `end - 1` of a block given as one array a channel, times `scale`.
   *
   * @throws SerError `AUDIO_TOO_LONG`.
   */
  mix(
    channels: readonly ArrayLike<number>[],
    start = 0,
    end = channels[0]?.length ?? 0,
    scale = 1,
  ): Float32Array {
    const count = Math.max(0, end - start);
    this.expect(count);
    this.#length += count;
    const mixed = new Float32Array(count);
    const factor = scale / channels.length;
    const [first, second] = channels as [ArrayLike<number>, ArrayLike<number>];
    if (channels.length === 1) {
      for (let index = 0; index < count; index++) mixed[index] = first[start + index]! * factor;
    } else if (channels.length === 2) {
      for (let index = 0; index < count; index++) {
        mixed[index] = (first[start + index]! + second[start + index]!) * factor;
      }
    } else {
      for (let index = 0; index < count; index++) {
        let sum = 0;
        for (const channel of channels) sum += channel[start + index]!;
        mixed[index] = sum * factor;
      }
    }
    return mixed;
  }
}
