import { decodeFailure } from '../decode-failure.ts';
import { readNumber } from './read-elements.ts';

/** How the frames of one block are told apart. */
const lacings = ['none', 'xiph', 'fixed', 'ebml'] as const;

/**
 * The frames of a block of a track; none of a block of another one. They are views.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`.
 */
export function splitBlock(block: Uint8Array, trackNumber: number): Uint8Array[] {
  const track = readNumber(block, 0);
  if (!track || track.end + 3 > block.length) throw damaged();
  if (track.value !== trackNumber) return [];
  const lacing = lacings[(block[track.end + 2]! >> 1) & 3];
  const start = track.end + 3;
  if (lacing === 'none') return [block.subarray(start)];
  const count = (block[start] ?? 0) + 1;
  if (lacing === 'xiph') return splitXiph(block, start + 1, count);
  if (lacing === 'ebml') return splitBySizes(block, ...readEbmlSizes(block, start + 1, count));
  const size = (block.length - start - 1) / count;
  if (!Number.isInteger(size)) throw damaged();
  return splitBySizes(
    block,
    Array.from({ length: count - 1 }, () => size),
    start + 1,
  );
}

/**
 * Parts whose sizes, but for the last one's, stand before them as sums of bytes.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`.
 */
export function splitXiph(bytes: Uint8Array, start: number, count: number): Uint8Array[] {
  const sizes: number[] = [];
  let at = start;
  while (sizes.length < count - 1) {
    let size = 0;
    let byte = 255;
    while (byte === 255) {
      if (at >= bytes.length) throw damaged();
      byte = bytes[at++]!;
      size += byte;
    }
    sizes.push(size);
  }
  return splitBySizes(bytes, sizes, at);
}

/** The first size is written out, the others as differences; none for the last. */
function readEbmlSizes(
  bytes: Uint8Array,
  start: number,
  count: number,
): [sizes: number[], end: number] {
  const sizes: number[] = [];
  let at = start;
  for (let last = 0; sizes.length < count - 1; sizes.push(last)) {
    const number = readNumber(bytes, at);
    if (!number) throw damaged();
    // Differences are moved up by half of their range.
    const middle = sizes.length === 0 ? 0 : 2 ** (7 * (number.end - at) - 1) - 1;
    last += number.value - middle;
    at = number.end;
  }
  return [sizes, at];
}

function splitBySizes(bytes: Uint8Array, sizes: readonly number[], start: number): Uint8Array[] {
  let at = start;
  const parts = sizes.map((size) => {
    if (!(size >= 0 && at + size <= bytes.length)) throw damaged();
    at += size;
    return bytes.subarray(at - size, at);
  });
  return [...parts, bytes.subarray(at)];
}

function damaged(): Error {
  return decodeFailure('WebM', 'the frames of a block do not fit into it');
}
