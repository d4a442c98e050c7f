import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { findExtent } from '../chunks/sample-extent.ts';
import { assertChannels, decodeFailure, truncated, unsupportedCodec } from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import { countFrames, openSamples } from '../pcm/read-samples.ts';
import { createPcmCodec, type SampleCoding } from '../pcm/sample-codec.ts';
import { skipFillAndTags } from '../tags/skip-tags.ts';

const headerBytes = 24;
const unknownLength = 0xffff_ffff;

const kinds: Readonly<Record<number, readonly [coding: SampleCoding, bytesPerSample: number]>> = {
  1: ['mu-law', 1],
  2: ['signed', 1],
  3: ['signed', 2],
  4: ['signed', 3],
  5: ['signed', 4],
  6: ['float', 4],
  7: ['float', 8],
  27: ['A-law', 1],
};
const otherCodecs: Readonly<Record<number, string>> = {
  23: 'G.721 ADPCM',
  24: 'G.722',
  25: 'G.723 ADPCM of 3 bits',
  26: 'G.723 ADPCM of 5 bits',
};

/**
 * Decodes Sun's and NeXT's AU in either order of bytes: PCM of 8 to 32 bits, float of 32 and 64 bits,
 * A-law and mu-law; joined files too.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` for other codecs, or `AUDIO_TOO_LONG`.
 */
export async function decodeAu(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  return joinSections('AU', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  while (/^(\.snd|dns\.)$/.test(readText(await reader.fill(headerBytes), 0, 4))) {
    yield await readSection(reader);
    await skipFillAndTags(reader);
  }
  if (reader.remaining > 0) {
    throw decodeFailure(
      'AU',
      `its samples end by its header before byte ${reader.position}, and more follow`,
    );
  }
  return undefined;
}

async function readSection(reader: ByteReader): Promise<AudioSection> {
  const bytes = await reader.fill(headerBytes);
  if (bytes.length < headerBytes) throw truncated('AU', 'it ends within its header');
  const view = toView(bytes);
  const isBigEndian = bytes[0] === 0x2e;
  const uint32 = (place: number) => view.getUint32(place, !isBigEndian);
  const start = uint32(4);
  const promised = uint32(8);
  const encoding = uint32(12);
  const channels = uint32(20);
  const kind = kinds[encoding];
  if (!kind) {
    throw unsupportedCodec(
      'AU',
      otherCodecs[encoding] ?? `encoding ${encoding}`,
      'PCM, float, A-law and mu-law',
    );
  }
  assertChannels('AU', channels);
  const sampleRateHz = uint32(16);
  if (start < headerBytes || start > reader.remaining) {
    throw truncated('AU', `its samples should begin at byte ${start}, and it has ${reader.size}`);
  }
  reader.advance(start);
  const available = reader.remaining;
  const isUnknown = promised === 0 || promised === unknownLength;
  const extent = isUnknown
    ? { bytes: available, isOpen: true }
    : findExtent('AU', { promised, available });
  const [coding, bytesPerSample] = kind;
  const codec = createPcmCodec({ coding, bytesPerSample, isBigEndian, channels })!;
  const frames = countFrames(codec, extent.bytes);
  return openSamples('AU', reader, { sampleRateHz, codec, extent, frames });
}
