import { BitReader } from '../bytes/bit-reader.ts';
import { createCrc } from '../bytes/crc.ts';
import { decodeFailure } from '../decode-failure.ts';
import { type FlacFrameHeader, readFlacFrameHeader } from './frame-header.ts';
import type { FlacStreamInfo } from './stream-info.ts';
import { readFlacSubframe } from './subframe.ts';

const crc16 = createCrc(16, 0x8005);

export interface FlacFrame {
  header: FlacFrameHeader;
  channels: Float64Array[];
  bytes: number;
}

/** Where a frame's samples go. */
export interface FramePlace {
  /** One a channel, which grow with the frames. */
  buffers: Float64Array[];
  /** Of the frame's first sample in the stream. */
  sampleIndex: number;
}

/** Reads the frame that `bytes` begins with, which are those from `start` of the file. */
export function readFlacFrame(
  bytes: Uint8Array,
  start: number,
  info: FlacStreamInfo,
  { buffers, sampleIndex }: FramePlace,
): FlacFrame {
  const reader = new BitReader(bytes);
  const header = readFlacFrameHeader(bytes, start, reader, info);
  const channels = Array.from({ length: header.channels }, (_, channel) => {
    const sideBit = channel === header.sideChannel ? 1 : 0;
    if ((buffers[channel]?.length ?? 0) < header.blockSize) {
      buffers[channel] = new Float64Array(header.blockSize);
    }
    const samples = buffers[channel]!.subarray(0, header.blockSize);
    readFlacSubframe(reader, samples, header.bitsPerSample + sideBit);
    return samples;
  });
  reader.alignToByte();
  const checkedEnd = reader.byteIndex;
  if (reader.readBits(16) !== crc16(bytes, 0, checkedEnd)) {
    throw decodeFailure('FLAC', `the checksum of the frame at sample ${sampleIndex} is wrong`);
  }
  decorrelate(channels, header.stereoMode);
  return { header, channels, bytes: checkedEnd + 2 };
}

function decorrelate(channels: Float64Array[], mode: FlacFrameHeader['stereoMode']): void {
  if (mode === 'independent') return;
  const [first, second] = channels as [Float64Array, Float64Array];
  for (let index = 0; index < first.length; index++) {
    const a = first[index]!;
    const b = second[index]!;
    if (mode === 'left-side') {
      second[index] = a - b;
    } else if (mode === 'side-right') {
      first[index] = a + b;
    } else {
      const left = Math.floor((2 * a + (Math.abs(b) % 2) + b) / 2);
      first[index] = left;
      second[index] = left - b;
    }
  }
}
