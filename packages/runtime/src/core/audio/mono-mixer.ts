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
   * The mean of samples `start` … `end - 1` of a block given as one array a channel, times `scale`;
   * the loudest channel alone where they cancel each other.
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
      return mixed;
    }
    if (channels.length === 2) {
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
    for (let from = 0; from < count; from += windowSamples) {
      replaceCancelled(channels, start + from, mixed.subarray(from, from + windowSamples), scale);
    }
    return mixed;
  }
}

/** Samples for which it is decided at once whether channels cancel each other. */
const windowSamples = 4096;
/** Of those, one in so many is looked at. */
const powerStride = 4;
/**
 * Channels cancel each other where their sum has less than this share of the power of all: of equal ones
 * it has as many times that power as there are channels, of unlike ones, or a single one, the same.
 */
const cancelledShare = 0.01;

/** Puts the loudest channel where one is wired the wrong way round, so that nothing is left of all. */
function replaceCancelled(
  channels: readonly ArrayLike<number>[],
  start: number,
  mixed: Float32Array,
  scale: number,
): void {
  const powers = channels.map((channel) => measurePower(channel, start, mixed.length));
  const all = powers.reduce((sum, power) => sum + power, 0) * scale ** 2;
  const ofSum = measurePower(mixed, 0, mixed.length) * channels.length ** 2;
  if (!(ofSum < cancelledShare * all)) return;
  const loudest = channels[powers.indexOf(Math.max(...powers))]!;
  for (let index = 0; index < mixed.length; index++) mixed[index] = loudest[start + index]! * scale;
}

/** The power of samples around their mean, since offsets that cancel each other are no sound. */
function measurePower(samples: ArrayLike<number>, start: number, count: number): number {
  let sum = 0;
  let squares = 0;
  for (let index = start; index < start + count; index += powerStride) {
    const sample = samples[index]!;
    sum += sample;
    squares += sample * sample;
  }
  return Math.max(0, squares - sum ** 2 / Math.ceil(count / powerStride));
}
