import { SerError } from '@ser/dsp-wasm';
import { MPEGDecoder } from 'mpg123-decoder';
import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText } from '../byte-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { MonoMixer } from '../mono-mixer.ts';
import { startDecoder } from '../start-decoder.ts';
import { type Mp3Header, readMp3Header } from './frame-header.ts';

/** Bytes given to the decoder at once. */
const pieceBytes = 1 << 16;
/** Zeros before or after the frames; more are not padding. */
const mostZeros = 1 << 24;
const trailers = ['TAG', 'APETAGEX', 'LYRICS', 'ID3'];

/**
 * Decodes MPEG audio Layer III (MPEG-1, 2 and 2.5) through mpg123. Encoder delay and padding are
 * cut off where the file's LAME tag tells them. The reader stands behind any ID3 tag.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the frames do not follow each other to the end or are
 *   fewer than the file says of itself, `AUDIO_TOO_LONG` beyond the limit.
 */
export async function decodeMp3(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  await reader.skipZeros(mostZeros);
  if (reader.remaining <= 0) throw truncated('MP3', 'it ends within its ID3 tag');
  const bytes = await reader.fill(pieceBytes);
  const first = readMp3Header(bytes, 0);
  if (!first) throw decodeFailure('MP3', `there is no Layer III frame at byte ${reader.position}`);
  const promised = readPromisedFrames(bytes, first);
  const mixer = new MonoMixer(first.sampleRateHz, maxDurationSec);
  return {
    sampleRateHz: first.sampleRateHz,
    blocks: readBlocks(reader, first, promised, mixer),
  };
}

async function* readBlocks(
  reader: ByteReader,
  first: Mp3Header,
  promised: number | undefined,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const decoder = new MPEGDecoder();
  await startDecoder('MP3', decoder.ready);
  try {
    let frames = 0;
    for (;;) {
      await reader.fill(pieceBytes);
      const run = walkFrames(reader, first);
      if (run.frames === 0) break;
      const piece = reader.view.subarray(0, run.bytes);
      const { channelData, samplesDecoded, errors } = decoder.decode(piece);
      if (errors[0]) throw decodeFailure('MP3', errors[0].message);
      if (samplesDecoded > 0) yield mixer.mix(channelData, 0, samplesDecoded);
      frames += run.frames;
      reader.advance(run.bytes);
    }
    await checkEnd(reader);
    // The count is of frames that hold audio, so the tag's own frame is not in it.
    if (promised !== undefined && frames - 1 < promised) {
      throw truncated('MP3', `its header promises ${promised} frames and ${frames - 1} are there`);
    }
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw decodeFailure('MP3', String(cause), cause);
  } finally {
    decoder.free();
  }
}

/** Follows the chain of frames that are whole in memory, for as long as a piece. */
function walkFrames(reader: ByteReader, first: Mp3Header): { bytes: number; frames: number } {
  const { view } = reader;
  let bytes = 0;
  let frames = 0;
  while (bytes < pieceBytes) {
    const header = readMp3Header(view, bytes);
    if (!header) break;
    if (header.sampleRateHz !== first.sampleRateHz) {
      throw decodeFailure('MP3', `the sample rate changes at byte ${reader.position + bytes}`);
    }
    if (bytes + header.frameBytes > view.length) {
      if (!reader.has(Infinity)) break;
      throw truncated(
        'MP3',
        `its last frame promises ${header.frameBytes} bytes and ${view.length - bytes} are there`,
      );
    }
    bytes += header.frameBytes;
    frames++;
  }
  return { bytes, frames };
}

/** Behind the last frame there may be tags, or zeros to the end. */
async function checkEnd(reader: ByteReader): Promise<void> {
  const { position, remaining } = reader;
  const text = readText(await reader.fill(8), 0, 8);
  if (trailers.some((name) => text.startsWith(name))) return;
  await reader.skipZeros(mostZeros);
  if (reader.remaining <= 0) return;
  throw remaining < 4
    ? truncated('MP3', `${remaining} bytes follow its last frame`)
    : decodeFailure(
        'MP3',
        `there is no Layer III frame at byte ${position}, where one should start`,
      );
}

/** The frame count of the Xing or Info tag in the first frame, which `bytes` begin with. */
function readPromisedFrames(bytes: Uint8Array, first: Mp3Header): number | undefined {
  const tag = first.tagOffset;
  if (tag + 12 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = readText(bytes, tag, tag + 4);
  const hasCount = (view.getUint32(tag + 4) & 1) === 1;
  return (name === 'Xing' || name === 'Info') && hasCount ? view.getUint32(tag + 8) : undefined;
}
