import type { SampleCodec } from './sample-codec.ts';

/** Decodes bytes `start` … `end - 1` to `target` from `at` on; returns samples a channel. */
export type BlockDecoder = (
  view: DataView,
  start: number,
  end: number,
  target: readonly Float64Array[],
  at: number,
) => number;

/** A codec of blocks that know nothing of each other, the last of which may be cut. */
export function createBlockCodec(
  channels: number,
  unitBytes: number,
  unitSamples: number,
  decodeBlock: BlockDecoder,
): SampleCodec {
  return {
    channels,
    unitBytes,
    unitSamples,
    decode(view, target) {
      let count = 0;
      for (let start = 0; start < view.byteLength; start += unitBytes) {
        const end = Math.min(view.byteLength, start + unitBytes);
        count += decodeBlock(view, start, end, target, count);
      }
      return count;
    },
  };
}

export function clampToInt16(value: number): number {
  return Math.max(-32768, Math.min(32767, value));
}
