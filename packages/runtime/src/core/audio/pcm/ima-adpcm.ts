import { type BlockDecoder, clampToInt16, createBlockCodec } from './block-codec.ts';
import type { SampleCodec } from './sample-codec.ts';

/*
 * ADPCM as the Interactive Multimedia Association recommended it in 1992: four bits a sample, which
 * change a prediction by a multiple of a step, and the step as well.
 */

/** Each step is about 1.1 times the one before it. */
const steps = [
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73,
  80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494,
  544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499,
  2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487,
  12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
];
const stepChanges = [-1, -1, -1, -1, 2, 4, 6, 8];

class Predictor {
  sample = 0;
  #step = 0;

  start(sample: number, step: number): void {
    this.sample = sample;
    this.#step = Math.min(step, steps.length - 1);
  }

  next(code: number): number {
    const step = steps[this.#step]!;
    let change = step >> 3;
    if (code & 4) change += step;
    if (code & 2) change += step >> 1;
    if (code & 1) change += step >> 2;
    this.sample = clampToInt16(this.sample + (code & 8 ? -change : change));
    this.#step = Math.min(steps.length - 1, Math.max(0, this.#step + stepChanges[code & 7]!));
    return this.sample / 32768;
  }
}

/** Blocks of WAV: a sample and a step for each channel, then eight samples a channel in turn. */
export function createImaWavCodec(channels: number, blockBytes: number): SampleCodec {
  const headerBytes = 4 * channels;
  const predictors = Array.from({ length: channels }, () => new Predictor());
  const decodeBlock: BlockDecoder = (view, start, end, target, at) => {
    if (end - start < headerBytes) return 0;
    predictors.forEach((predictor, channel) => {
      const place = start + 4 * channel;
      predictor.start(view.getInt16(place, true), view.getUint8(place + 2));
      target[channel]![at] = predictor.sample / 32768;
    });
    const groups = Math.floor((end - start - headerBytes) / headerBytes);
    for (let group = 0; group < groups; group++) {
      predictors.forEach((predictor, channel) => {
        const place = start + headerBytes + group * headerBytes + 4 * channel;
        const samples = target[channel]!;
        for (let index = 0; index < 8; index++) {
          const byte = view.getUint8(place + (index >> 1));
          samples[at + 1 + 8 * group + index] = predictor.next(
            index % 2 === 0 ? byte & 15 : byte >> 4,
          );
        }
      });
    }
    return 1 + 8 * groups;
  };
  const unitSamples = 1 + 8 * Math.floor((blockBytes - headerBytes) / headerBytes);
  return createBlockCodec(channels, blockBytes, unitSamples, decodeBlock);
}

/** Packets of AIFF-C and CAF ('ima4'): 64 samples of one channel behind two bytes. */
export function createImaPacketCodec(channels: number): SampleCodec {
  const packetBytes = 34;
  const predictors = Array.from({ length: channels }, () => new Predictor());
  const decodeBlock: BlockDecoder = (view, start, end, target, at) => {
    if (end - start < packetBytes * channels) return 0;
    predictors.forEach((predictor, channel) => {
      const place = start + packetBytes * channel;
      const head = view.getInt16(place);
      predictor.start(head & ~127, head & 127);
      for (let index = 0; index < 64; index++) {
        const byte = view.getUint8(place + 2 + (index >> 1));
        target[channel]![at + index] = predictor.next(index % 2 === 0 ? byte & 15 : byte >> 4);
      }
    });
    return 64;
  };
  return createBlockCodec(channels, packetBytes * channels, 64, decodeBlock);
}
