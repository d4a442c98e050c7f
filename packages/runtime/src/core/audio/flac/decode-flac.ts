import type { DecodedAudio } from '../audio-stream.ts';
import { BitReader, EndOfBits } from '../bytes/bit-reader.ts';
import { type ByteReader, readText } from '../bytes/byte-reader.ts';
import { decodeFailure, truncated } from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import type { MonoMixer } from '../mono-mixer.ts';
import { skipFillAndTags } from '../tags/skip-tags.ts';
import type { FlacFrameHeader } from './frame-header.ts';
import { type FlacFrame, type FramePlace, readFlacFrame } from './read-frame.ts';
import { type FlacStreamInfo, readStreamInfo, streamInfoBytes } from './stream-info.ts';

/** Holds any frame of a usual file; */
const usualFrameBytes = 1 << 16;
/** and this the largest block of 8 channels of 32 bits that any encoder writes. */
const mostFrameBytes = 1 << 22;

/** Room kept on the word of a header: three minutes at 22,050 Hz, 16 MB. */
const mostBelievedSamples = 1 << 22;

/**
 * Decodes native FLAC (RFC 9639) of any block size, channel count and 4 to 32 bits, and streams that
 * follow one another; checks every frame's checksums, and the frames' numbers where the header does
 * not tell how many there are. The reader stands behind any tag.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or shorter than its header says,
 *   `AUDIO_TOO_LONG` beyond the limit.
 */
export async function decodeFlac(
  reader: ByteReader,
  maxDurationSec: number,
): Promise<DecodedAudio> {
  const decoded = await joinSections('FLAC', readSections(reader), maxDurationSec);
  const expectedSamples = Math.min(decoded.expectedSamples ?? 0, mostBelievedSamples);
  return { ...decoded, expectedSamples };
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  for (;;) {
    const info = await readMetadata(reader);
    yield {
      sampleRateHz: info.sampleRateHz,
      frames: info.totalSamples,
      readBlocks: (mixer) => readBlocks(reader, info, mixer),
    };
    const end = reader.position;
    await skipFillAndTags(reader);
    if (reader.remaining <= 0) return undefined;
    if (readText(await reader.fill(4), 0, 4) === 'fLaC') continue;
    if (info.totalSamples > 0 && !hasSync(reader.view)) return undefined;
    throw decodeFailure(
      'FLAC',
      info.totalSamples > 0
        ? `more frames follow the ${info.totalSamples} samples that its header promises`
        : `byte ${end}, where a frame should start, begins neither a frame nor a tag`,
    );
  }
}

async function* readBlocks(
  reader: ByteReader,
  info: FlacStreamInfo,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const { bitsPerSample, totalSamples } = info;
  const scale = 2 ** (1 - bitsPerSample);
  // One buffer a channel for all frames: what is read leaves it by way of the mixer.
  const buffers = Array.from({ length: info.channels }, () => new Float64Array(0));
  const order = new FrameOrder();
  let samples = 0;
  for (;;) {
    if (!reader.has(usualFrameBytes)) await reader.fill(usualFrameBytes);
    const isOver = totalSamples === 0 ? !hasSync(reader.view) : samples >= totalSamples;
    if (isOver) break;
    const left = totalSamples === 0 ? Infinity : totalSamples - samples;
    const frame = await readWholeFrame(reader, info, { buffers, sampleIndex: samples });
    if (totalSamples === 0) order.check(frame.header, samples);
    const count = Math.min(frame.header.blockSize, left);
    yield mixer.mix(frame.channels, 0, count, scale);
    samples += count;
    reader.advance(frame.bytes);
  }
}

/**
 * Finds gaps in the numbers of frames. A stream that was cut begins with any number, and one whose
 * frames were joined with those of another begins anew.
 */
class FrameOrder {
  #next: number | undefined;

  /** @throws SerError `AUDIO_DECODE_FAILED` where frames are missing before this one. */
  check({ number, blockSize, countsSamples }: FlacFrameHeader, sampleIndex: number): void {
    if (this.#next !== undefined && number > this.#next) {
      throw decodeFailure('FLAC', `frames are missing before sample ${sampleIndex}`);
    }
    this.#next = number + (countsSamples ? blockSize : 1);
  }
}

async function readMetadata(reader: ByteReader): Promise<FlacStreamInfo> {
  reader.advance(4);
  let info: FlacStreamInfo | undefined;
  for (;;) {
    const bytes = await reader.fill(4 + streamInfoBytes);
    if (bytes.length < 4) throw truncated('FLAC', 'it ends within its metadata');
    const bits = new BitReader(bytes);
    const isLast = bits.readBits(1) === 1;
    const type = bits.readBits(7);
    const size = bits.readBits(24);
    if (reader.remaining < 4 + size) throw truncated('FLAC', 'it ends within its metadata');
    if (!info) {
      if (type !== 0 || size < streamInfoBytes) {
        throw decodeFailure('FLAC', 'its first metadata block is not STREAMINFO');
      }
      info = readStreamInfo(bytes, 4);
    }
    reader.advance(4 + size);
    if (isLast) return info;
  }
}

function hasSync(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && (bytes[1]! & 0xfe) === 0xf8;
}

/** A frame does not tell its length beforehand: where it passes what is in memory, more is read. */
async function readWholeFrame(
  reader: ByteReader,
  info: FlacStreamInfo,
  place: FramePlace,
): Promise<FlacFrame> {
  const { sampleIndex } = place;
  for (let wanted = usualFrameBytes; ; ) {
    try {
      return readFlacFrame(reader.view, reader.position, info, place);
    } catch (error) {
      if (!(error instanceof EndOfBits)) throw error;
      if (reader.has(Infinity)) {
        const promised = info.totalSamples === 0 ? '' : ` of ${info.totalSamples}`;
        throw truncated('FLAC', `it ends after ${sampleIndex}${promised} samples`);
      }
      wanted = Math.max(wanted, reader.view.length) * 4;
      if (wanted > mostFrameBytes) {
        throw decodeFailure('FLAC', `the frame at sample ${sampleIndex} does not end`);
      }
      await reader.fill(wanted);
    }
  }
}
