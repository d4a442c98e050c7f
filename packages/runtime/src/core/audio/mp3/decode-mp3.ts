import { SerError } from '@ser/dsp-wasm';
import { MPEGDecoder } from 'mpg123-decoder';
import { decodeFailure, truncated } from '../decode-failure.ts';
import type { AsyncDecoding } from '../decoding.ts';
import { skipId3 } from '../id3.ts';
import { MonoBuffer } from '../mono-buffer.ts';
import { startDecoder } from '../start-decoder.ts';
import { type Mp3Header, readMp3Header } from './frame-header.ts';

/** Bytes given to the decoder at once. */
const pieceBytes = 1 << 16;
const trailers = ['TAG', 'APETAGEX', 'LYRICS', 'ID3'];

/**
 * Decodes MPEG audio Layer III (MPEG-1, 2 and 2.5) through mpg123. Encoder delay and padding are
 * cut off where the file's LAME tag tells them.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the frames do not follow each other to the end or are
 *   fewer than the file says of itself, `AUDIO_TOO_LONG` beyond the limit.
 */
export async function* decodeMp3(bytes: Uint8Array, maxDurationSec: number): AsyncDecoding {
  const { first, start, end, frames } = walkFrames(bytes);
  const mono = new MonoBuffer(first.sampleRateHz, maxDurationSec);
  mono.reserve(frames * first.samples);
  const decoder = new MPEGDecoder();
  await startDecoder('MP3', decoder.ready);
  try {
    for (let position = start; position < end; position += pieceBytes) {
      const piece = bytes.subarray(position, Math.min(position + pieceBytes, end));
      const { channelData, samplesDecoded, errors } = decoder.decode(piece);
      if (errors[0]) throw decodeFailure('MP3', errors[0].message);
      mono.append(channelData, 0, samplesDecoded);
      yield;
    }
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw decodeFailure('MP3', String(cause), cause);
  } finally {
    decoder.free();
  }
  if (mono.length === 0) throw new SerError('AUDIO_EMPTY', 'The MP3 file holds no samples.');
  return mono.finish();
}

interface FrameWalk {
  first: Mp3Header;
  start: number;
  end: number;
  frames: number;
}

/** Follows the chain of frames from the first to the last. */
function walkFrames(bytes: Uint8Array): FrameWalk {
  const start = skipZeros(bytes, skipId3(bytes));
  if (start >= bytes.length) throw truncated('MP3', 'it ends within its ID3 tag');
  const first = readMp3Header(bytes, start);
  if (!first) throw decodeFailure('MP3', `there is no Layer III frame at byte ${start}`);
  let end = start;
  let frames = 0;
  for (let header: Mp3Header | undefined = first; header; header = readMp3Header(bytes, end)) {
    if (header.sampleRateHz !== first.sampleRateHz) {
      throw decodeFailure('MP3', `the sample rate changes at byte ${end}`);
    }
    if (end + header.frameBytes > bytes.length) {
      throw truncated(
        'MP3',
        `its last frame promises ${header.frameBytes} bytes and ${bytes.length - end} are there`,
      );
    }
    end += header.frameBytes;
    frames++;
  }
  if (!isTrailer(bytes, end)) {
    throw bytes.length - end < 4
      ? truncated('MP3', `${bytes.length - end} bytes follow its last frame`)
      : decodeFailure('MP3', `there is no Layer III frame at byte ${end}, where one should start`);
  }
  const promised = readPromisedFrames(bytes, start, first);
  // The count is of frames that hold audio, so the tag's own frame is not in it.
  if (promised !== undefined && frames - 1 < promised) {
    throw truncated('MP3', `its header promises ${promised} frames and ${frames - 1} are there`);
  }
  return { first, start, end, frames };
}

function skipZeros(bytes: Uint8Array, start: number): number {
  let position = start;
  while (position < bytes.length && bytes[position] === 0) position++;
  return position;
}

function isTrailer(bytes: Uint8Array, end: number): boolean {
  const text = String.fromCharCode(...bytes.subarray(end, end + 8));
  return skipZeros(bytes, end) === bytes.length || trailers.some((name) => text.startsWith(name));
}

/** The frame count of the Xing or Info tag in the first frame. */
function readPromisedFrames(
  bytes: Uint8Array,
  start: number,
  first: Mp3Header,
): number | undefined {
  const tag = start + first.tagOffset;
  if (tag + 12 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = String.fromCharCode(...bytes.subarray(tag, tag + 4));
  const hasCount = (view.getUint32(tag + 4) & 1) === 1;
  return (name === 'Xing' || name === 'Info') && hasCount ? view.getUint32(tag + 8) : undefined;
}
