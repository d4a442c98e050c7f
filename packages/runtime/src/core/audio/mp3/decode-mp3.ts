import { SerError } from '@ser/dsp-wasm';
import { MPEGDecoder } from 'mpg123-decoder';
import type { DecodedAudio } from '../audio-stream.ts';
import type { ByteReader } from '../bytes/byte-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { type AudioSection, assertSameRate, joinSections } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import { startDecoder } from '../start-decoder.ts';
import { skipBareApe, skipTags } from '../tags/skip-tags.ts';
import { findFileStart, findFrames, readEncoderTag } from './find-frames.ts';
import { type Mp3Header, readMp3Header } from './frame-header.ts';

/** Bytes given to the decoder at once. */
const pieceBytes = 1 << 16;
/** Room for a frame, and what follows it, behind a piece. */
const lookaheadBytes = 1 << 13;
/** Zeros before or after the frames; more are not padding. */
const mostZeros = 1 << 24;
/** In fewer zeros no frame can be lost: 8 kbit/s at 24 kHz. */
const leastFrameBytes = 24;
/** Bytes that are neither frames nor tags, before the first frame or behind a file's last. */
const mostJunkBytes = 1 << 16;

/**
 * Decodes MPEG audio of Layer III and II (MPEG-1, 2 and 2.5) through mpg123, files that were joined too, with
 * tags, zeros or a cut frame before, between and behind. Encoder delay and padding of the first are
 * cut off where its LAME tag tells them. The reader stands behind any tag.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the frames do not follow each other to the end or are
 *   fewer than the file says of itself, `AUDIO_TOO_LONG` beyond the limit.
 */
export async function decodeMp3(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  return joinSections('MP3', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  yield await openMp3(reader);
  return undefined;
}

/**
 * Opens the frames from here to the end of the reader's bytes.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where there are none.
 */
export async function openMp3(reader: ByteReader): Promise<AudioSection> {
  await reader.skipFill(mostZeros);
  if (reader.remaining <= 0) throw truncated('MP3', 'it ends within its ID3 tag');
  const start = reader.position;
  const bytes = await reader.fill(mostJunkBytes);
  const junk = findFrames(bytes, reader.has(Infinity));
  const first = readMp3Header(bytes, junk);
  if (!first) throw decodeFailure('MP3', `there is no chain of frames from byte ${start} on`);
  reader.advance(junk);
  return {
    sampleRateHz: first.sampleRateHz,
    readBlocks: (mixer) => readBlocks(reader, mixer),
  };
}

async function* readBlocks(reader: ByteReader, mixer: MonoMixer): AsyncGenerator<Float32Array> {
  const decoder = new MPEGDecoder();
  await startDecoder('MP3', decoder.ready);
  try {
    const count = new FrameCount();
    for (;;) {
      await reader.fill(pieceBytes + lookaheadBytes);
      const bytes = walkFrames(reader, mixer, count);
      if (bytes === 0) {
        if (await passOver(reader, count)) continue;
        break;
      }
      const { channelData, samplesDecoded, errors } = decoder.decode(
        reader.view.subarray(0, bytes),
      );
      if (errors[0]) throw decodeFailure('MP3', errors[0].message);
      if (samplesDecoded > 0) yield mixer.mix(channelData, 0, samplesDecoded);
      reader.advance(bytes);
    }
    count.finish();
  } catch (cause) {
    if (cause instanceof SerError) throw cause;
    throw decodeFailure('MP3', String(cause), cause);
  } finally {
    decoder.free();
  }
}

/** Counts the frames of each of the joined files, and holds them against what it promises. */
class FrameCount {
  #frames = 0;
  #promised: number | undefined;

  /** Whether the file has told how long it is, and is not shorter. */
  get isFulfilled(): boolean {
    return this.#promised !== undefined && this.#frames >= this.#promised;
  }

  add(): void {
    this.#frames++;
  }

  /** Begins with another file, whose first frame holds a tag and no audio. */
  start(promised: number | undefined): void {
    this.finish();
    this.#promised = promised;
    this.#frames = 0;
  }

  /** @throws SerError `AUDIO_DECODE_FAILED` where frames are missing. */
  finish(): void {
    const promised = this.#promised ?? 0;
    if (this.#frames >= promised) return;
    throw truncated('MP3', `its header promises ${promised} frames and ${this.#frames} are there`);
  }
}

/** Follows the chain of frames that are whole in memory, for as long as a piece; returns its bytes. */
function walkFrames(reader: ByteReader, mixer: MonoMixer, count: FrameCount): number {
  const { view } = reader;
  let bytes = 0;
  while (bytes < pieceBytes) {
    const header = readMp3Header(view, bytes);
    if (!header) break;
    if (bytes + header.frameBytes > view.length) break;
    if (endsEarly(view, bytes, header)) break;
    assertSameRate('MP3', header.sampleRateHz, mixer);
    const tag = readEncoderTag(view, bytes, header);
    if (tag) count.start(tag.frames);
    else count.add();
    bytes += header.frameBytes;
  }
  return bytes;
}

/** Whether another file begins within the frame, which its own was cut in. */
function endsEarly(view: Uint8Array, start: number, header: Mp3Header): boolean {
  const end = start + header.frameBytes;
  if (end + 4 > view.length || readMp3Header(view, end)) return false;
  const next = findFileStart(view.subarray(0, end + 12), start + 4);
  return next >= 0 && next < end;
}

/**
 * Passes over what is no frame: tags, zeros, and what lies before the next of joined files or behind
 * the last.
 *
 * @returns whether there may be more frames.
 * @throws SerError `AUDIO_DECODE_FAILED` for anything else.
 */
async function passOver(reader: ByteReader, count: FrameCount): Promise<boolean> {
  const { position } = reader;
  await reader.skipFill(mostZeros);
  const filled = reader.position - position;
  const hasTags = await skipTags(reader);
  if (reader.remaining <= 0) return false;
  if (hasTags || (filled > 0 && filled < leastFrameBytes) || (await skipBareApe(reader)))
    return true;
  const bytes = (await reader.fill(mostJunkBytes)).subarray(0, mostJunkBytes);
  const from = filled > 0 ? 0 : 1;
  const next = findFileStart(bytes, from);
  const frames = findFrames(bytes.subarray(from), reader.has(Infinity));
  if (next >= 0 && (frames < 0 || next <= frames + from)) {
    reader.advance(next);
    return true;
  }
  if (frames >= 0 && count.isFulfilled) {
    // The file before was whole, so what begins within a frame is another one.
    count.start(undefined);
    reader.advance(from + frames);
    return true;
  }
  if (frames < 0 && (count.isFulfilled || reader.remaining <= bytes.length)) return false;
  throw decodeFailure('MP3', `there is no frame at byte ${position}, where one should start`);
}
