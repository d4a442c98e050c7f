import type { BitReader } from '../bytes/bit-reader.ts';
import { createCrc } from '../bytes/crc.ts';
import { decodeFailure } from '../decode-failure.ts';
import type { FlacStreamInfo } from './stream-info.ts';

const crc8 = createCrc(8, 0x07);
const bitsBySizeCode = [0, 8, 12, -1, 16, 20, 24, 32] as const;

/** One frame's settings. */
export interface FlacFrameHeader {
  /** Samples a channel. */
  blockSize: number;
  channels: number;
  bitsPerSample: number;
  /** Of the frame, or of its first sample where blocks differ in size (`countsSamples`). */
  number: number;
  countsSamples: boolean;
  stereoMode: 'independent' | 'left-side' | 'side-right' | 'mid-side';
  /** The channel that holds a difference, and one bit more; -1 where none does. */
  sideChannel: number;
}

/**
 * Reads the frame header that `bytes` begins with and checks it against its checksum and the stream.
 *
 * @param start where in the file `bytes` begins.
 */
export function readFlacFrameHeader(
  bytes: Uint8Array,
  start: number,
  reader: BitReader,
  info: FlacStreamInfo,
): FlacFrameHeader {
  if (reader.readBits(15) !== 0x7ffc) {
    throw decodeFailure('FLAC', `there is no frame at byte ${start}, where one should start`);
  }
  const countsSamples = reader.readBits(1) === 1;
  const blockSizeCode = reader.readBits(4);
  const rateCode = reader.readBits(4);
  const channelCode = reader.readBits(4);
  const sizeCode = reader.readBits(3);
  reader.readBits(1);
  const number = readCodedNumber(reader);
  const blockSize = readBlockSize(reader, blockSizeCode);
  const sampleRateHz = readRate(reader, rateCode, info);
  const headerEnd = reader.byteIndex;
  if (reader.readBits(8) !== crc8(bytes, 0, headerEnd)) {
    throw decodeFailure('FLAC', `the checksum of the frame header at byte ${start} is wrong`);
  }
  const bitsPerSample = bitsBySizeCode[sizeCode] || info.bitsPerSample;
  const channels = channelCode < 8 ? channelCode + 1 : 2;
  if (
    channelCode > 10 ||
    blockSize === 0 ||
    bitsPerSample !== info.bitsPerSample ||
    channels !== info.channels ||
    sampleRateHz !== info.sampleRateHz
  ) {
    throw decodeFailure('FLAC', `the frame at byte ${start} does not fit the stream's header`);
  }
  const stereoMode =
    (['left-side', 'side-right', 'mid-side'] as const)[channelCode - 8] ?? 'independent';
  const sideChannel = stereoMode === 'independent' ? -1 : stereoMode === 'side-right' ? 0 : 1;
  return { blockSize, channels, bitsPerSample, number, countsSamples, stereoMode, sideChannel };
}

/** A number of up to 36 bits, written in UTF-8's manner. */
function readCodedNumber(reader: BitReader): number {
  const lead = reader.readBits(8);
  const followers = Math.max(0, Math.clz32(~(lead << 24)) - 1);
  let number = followers === 0 ? lead : lead & (0x3f >> followers);
  for (let index = 0; index < followers; index++) {
    number = number * 64 + (reader.readBits(8) & 0x3f);
  }
  return number;
}

function readBlockSize(reader: BitReader, code: number): number {
  if (code === 0) return 0;
  if (code === 1) return 192;
  if (code < 6) return 144 << code;
  if (code === 6) return reader.readBits(8) + 1;
  if (code === 7) return reader.readBits(16) + 1;
  return 1 << code;
}

function readRate(reader: BitReader, code: number, info: FlacStreamInfo): number {
  if (code === 0) return info.sampleRateHz;
  if (code === 12) return reader.readBits(8) * 1000;
  if (code === 13) return reader.readBits(16);
  if (code === 14) return reader.readBits(16) * 10;
  const rates = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
  return rates[code] ?? -1;
}
