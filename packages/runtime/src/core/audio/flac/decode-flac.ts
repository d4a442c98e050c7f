import { SerError } from '@ser/dsp-wasm';
import { BitReader, EndOfBits } from '../bit-reader.ts';
import { createCrc } from '../crc.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import type { Decoding } from '../decoding.ts';
import { skipId3 } from '../id3.ts';
import { MonoBuffer } from '../mono-buffer.ts';
import { type FlacFrameHeader, readFlacFrameHeader } from './frame-header.ts';
import { readFlacSubframe } from './subframe.ts';

const crc16 = createCrc(16, 0x8005);
const streamInfoBytes = 34;

/** What the STREAMINFO block says of the whole stream. */
export interface FlacStreamInfo {
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  /** 0 where the encoder did not know. */
  totalSamples: number;
}

/**
 * Decodes native FLAC (RFC 9639) of any block size, channel count and 4 to 32 bits; checks every
 * frame's checksums.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or shorter than its header says,
 *   `AUDIO_TOO_LONG` beyond the limit.
 */
export function* decodeFlac(bytes: Uint8Array, maxDurationSec: number): Decoding {
  const { info, firstFrame } = readMetadata(bytes);
  const mono = new MonoBuffer(info.sampleRateHz, maxDurationSec);
  const scale = 2 ** (1 - info.bitsPerSample);
  let position = firstFrame;
  while (info.totalSamples === 0 ? hasSync(bytes, position) : mono.length < info.totalSamples) {
    const remaining = info.totalSamples === 0 ? Infinity : info.totalSamples - mono.length;
    const frame = readFrame(bytes, position, info, mono.length);
    mono.append(frame.channels, 0, Math.min(frame.header.blockSize, remaining), scale);
    position = frame.end;
    yield;
  }
  if (mono.length === 0) throw new SerError('AUDIO_EMPTY', 'The FLAC file holds no samples.');
  return mono.finish();
}

function readMetadata(bytes: Uint8Array): { info: FlacStreamInfo; firstFrame: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = skipId3(bytes) + 4;
  let info: FlacStreamInfo | undefined;
  for (;;) {
    if (position + 4 > bytes.length) throw truncated('FLAC', 'it ends within its metadata');
    const header = view.getUint32(position);
    const isLast = header >>> 31 === 1;
    const type = (header >>> 24) & 0x7f;
    const size = header & 0xffffff;
    const start = position + 4;
    position = start + size;
    if (position > bytes.length) throw truncated('FLAC', 'it ends within its metadata');
    if (!info) {
      if (type !== 0 || size < streamInfoBytes) {
        throw decodeFailure('FLAC', 'its first metadata block is not STREAMINFO');
      }
      info = readStreamInfo(bytes, start);
    }
    if (isLast) return { info, firstFrame: position };
  }
}

function readStreamInfo(bytes: Uint8Array, start: number): FlacStreamInfo {
  const reader = new BitReader(bytes, start + 10);
  const sampleRateHz = reader.readBits(20);
  const channels = reader.readBits(3) + 1;
  const bitsPerSample = reader.readBits(5) + 1;
  const totalSamples = reader.readBits(36);
  if (bitsPerSample < 4) {
    throw decodeFailure(
      'FLAC',
      `its header says ${bitsPerSample} bits a sample; 4 to 32 are allowed`,
    );
  }
  return { sampleRateHz, channels, bitsPerSample, totalSamples };
}

function hasSync(bytes: Uint8Array, position: number): boolean {
  return bytes[position] === 0xff && (bytes[position + 1]! & 0xfe) === 0xf8;
}

function readFrame(
  bytes: Uint8Array,
  start: number,
  info: FlacStreamInfo,
  sampleIndex: number,
): { header: FlacFrameHeader; channels: Float64Array[]; end: number } {
  try {
    const reader = new BitReader(bytes, start);
    const header = readFlacFrameHeader(bytes, start, reader, info);
    const channels = Array.from({ length: header.channels }, (_, channel) => {
      const sideBit = channel === header.sideChannel ? 1 : 0;
      return readFlacSubframe(reader, header.blockSize, header.bitsPerSample + sideBit);
    });
    reader.alignToByte();
    const checkedEnd = reader.byteIndex;
    if (reader.readBits(16) !== crc16(bytes, start, checkedEnd)) {
      throw decodeFailure('FLAC', `the checksum of the frame at sample ${sampleIndex} is wrong`);
    }
    decorrelate(channels, header.stereoMode);
    return { header, channels, end: checkedEnd + 2 };
  } catch (error) {
    if (!(error instanceof EndOfBits)) throw error;
    const promised = info.totalSamples === 0 ? '' : ` of ${info.totalSamples}`;
    throw truncated('FLAC', `it ends after ${sampleIndex}${promised} samples`);
  }
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
