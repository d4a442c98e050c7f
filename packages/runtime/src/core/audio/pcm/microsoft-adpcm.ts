import { type BlockDecoder, clampToInt16, createBlockCodec } from './block-codec.ts';
import type { SampleCodec } from './sample-codec.ts';

/** Weights, in 256ths, of the last sample and the one before it. */
export type PredictorWeights = readonly [last: number, before: number];

/** Those that every file has; more may follow them. */
export const standardWeights: readonly PredictorWeights[] = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
];
/** By what each code changes the step, in 256ths. */
const stepFactors = [
  230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230,
];
const leastStep = 16;

/**
 * Microsoft's ADPCM: a block has, for each channel, its weights, a step and two samples; then four
 * bits a sample, the channels in turn.
 */
export function createMicrosoftCodec(
  channels: number,
  blockBytes: number,
  weights: readonly PredictorWeights[],
): SampleCodec {
  const headerBytes = 7 * channels;
  const states = Array.from({ length: channels }, () => ({
    weights: standardWeights[0]!,
    step: 0,
    last: 0,
    before: 0,
  }));
  const decodeBlock: BlockDecoder = (view, start, end, target, at) => {
    if (end - start < headerBytes) return 0;
    states.forEach((state, channel) => {
      const numbers = start + channels + 2 * channel;
      state.weights = weights[view.getUint8(start + channel)] ?? standardWeights[0]!;
      state.step = view.getInt16(numbers, true);
      state.last = view.getInt16(numbers + 2 * channels, true);
      state.before = view.getInt16(numbers + 4 * channels, true);
      target[channel]![at] = state.before / 32768;
      target[channel]![at + 1] = state.last / 32768;
    });
    const count = Math.floor((2 * (end - start - headerBytes)) / channels);
    for (let index = 0; index < count * channels; index++) {
      const byte = view.getUint8(start + headerBytes + (index >> 1));
      const code = index % 2 === 0 ? byte >> 4 : byte & 15;
      const channel = index % channels;
      const state = states[channel]!;
      const predicted = (state.last * state.weights[0] + state.before * state.weights[1]) >> 8;
      const change = (code & 8 ? code - 16 : code) * state.step;
      state.before = state.last;
      state.last = clampToInt16(predicted + change);
      state.step = Math.max(leastStep, (stepFactors[code]! * state.step) >> 8);
      target[channel]![at + 2 + Math.floor(index / channels)] = state.last / 32768;
    }
    return 2 + count;
  };
  const unitSamples = 2 + Math.floor((2 * (blockBytes - headerBytes)) / channels);
  return createBlockCodec(channels, blockBytes, unitSamples, decodeBlock);
}
