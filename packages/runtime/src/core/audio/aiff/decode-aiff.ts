import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { createFileFinder, findChunkExtent, isPlaceholder } from '../chunks/sample-extent.ts';
import { type ChunkLayout, cutChunk, riffLayout, walkChunks } from '../chunks/walk-chunks.ts';
import {
  assertChannels,
  decodeFailure,
  truncated,
  unsupported,
  unsupportedCodec,
} from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import { createImaPacketCodec } from '../pcm/ima-adpcm.ts';
import { countFrames, openSamples } from '../pcm/read-samples.ts';
import {
  createPcmCodec,
  type PcmSettings,
  type SampleCodec,
  type SampleCoding,
} from '../pcm/sample-codec.ts';

const layout: ChunkLayout = { ...riffLayout, isBigEndian: true };
const commonBytes = 22;
const findNextFile = createFileFinder('FORM', 'AIF');

type Kind = Pick<PcmSettings, 'coding' | 'isBigEndian'> & { bytesPerSample?: number };

const bigEndian: Kind = { coding: 'signed', isBigEndian: true };
const littleEndian: Kind = { coding: 'signed', isBigEndian: false };
const ofBytes = (coding: SampleCoding, bytesPerSample: number): Kind => ({
  coding,
  bytesPerSample,
  isBigEndian: true,
});

/** AIFF-C's compression types; without a size, that of the header counts. */
const kinds: Readonly<Record<string, Kind>> = {
  NONE: bigEndian,
  twos: bigEndian,
  in24: ofBytes('signed', 3),
  in32: ofBytes('signed', 4),
  sowt: littleEndian,
  '23ni': { ...littleEndian, bytesPerSample: 3 },
  '42ni': { ...littleEndian, bytesPerSample: 4 },
  'raw ': ofBytes('unsigned', 1),
  fl32: ofBytes('float', 4),
  FL32: ofBytes('float', 4),
  fl64: ofBytes('float', 8),
  FL64: ofBytes('float', 8),
  alaw: ofBytes('A-law', 1),
  ALAW: ofBytes('A-law', 1),
  ulaw: ofBytes('mu-law', 1),
  ULAW: ofBytes('mu-law', 1),
};
const otherCodecs: Readonly<Record<string, string>> = {
  'GSM ': 'GSM 6.10',
  QDM2: 'QDesign Music',
  MAC3: 'MACE 3:1',
  MAC6: 'MACE 6:1',
};

interface CommonFields {
  codec: SampleCodec;
  sampleRateHz: number;
}

/**
 * Decodes AIFF and AIFF-C: PCM of up to 32 bits in either order, float of 32 and 64 bits, A-law,
 * mu-law and Apple's IMA ADPCM. The chunk of samples tells how many there are.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` for other codecs, or `AUDIO_TOO_LONG`.
 */
export async function decodeAiff(
  reader: ByteReader,
  maxDurationSec: number,
): Promise<DecodedAudio> {
  return joinSections('AIFF', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  let common: CommonFields | undefined;
  let fileBytes = 0;
  let hasSamples = false;
  for await (const chunk of walkChunks(reader, layout)) {
    const { name, promised, available } = chunk;
    if (name === 'FORM') {
      chunk.size = 4;
      fileBytes = promised;
      common = undefined;
    } else if (name === 'SSND') {
      if (!common) throw decodeFailure('AIFF', "its 'SSND' chunk comes before any 'COMM' chunk");
      const start = reader.position;
      const skipped = 8 + (available < 8 ? 0 : toView(await reader.fill(8)).getUint32(0));
      reader.advance(skipped);
      const { codec, sampleRateHz } = common;
      const extent = await findChunkExtent('AIFF', reader, layout, {
        promised: Math.max(0, promised - skipped),
        available: Math.max(0, available - skipped),
        isStreamed: fileBytes === 0 || isPlaceholder(fileBytes),
      });
      const frames = countFrames(codec, extent.bytes);
      hasSamples = true;
      yield openSamples('AIFF', reader, { sampleRateHz, codec, extent, frames, findNextFile });
      chunk.size = reader.position - start;
    } else if (promised > available) {
      if (hasSamples) break;
      throw cutChunk('AIFF', chunk);
    } else if (name === 'COMM') {
      common = readCommon((await reader.fill(commonBytes)).subarray(0, promised));
    }
  }
  if (!hasSamples) throw truncated('AIFF', "it ends before its 'SSND' chunk");
  return undefined;
}

function readCommon(chunk: Uint8Array): CommonFields {
  if (chunk.length < 18) {
    throw decodeFailure('AIFF', `its 'COMM' chunk has ${chunk.length} bytes, not 18 or more`);
  }
  const view = toView(chunk);
  const channels = view.getUint16(0);
  const bits = view.getUint16(6);
  const sampleRateHz = Math.round(readExtended(view, 8));
  const type = chunk.length >= commonBytes ? readText(chunk, 18, 22) : 'NONE';
  assertChannels('AIFF', channels);
  if (type === 'ima4') return { codec: createImaPacketCodec(channels), sampleRateHz };
  const kind = kinds[type];
  if (!kind) {
    throw unsupportedCodec(
      'AIFF',
      otherCodecs[type] ?? `codec '${type}'`,
      'PCM, float, A-law, mu-law and IMA ADPCM',
    );
  }
  const codec = createPcmCodec({ bytesPerSample: Math.ceil(bits / 8), ...kind, channels });
  if (!codec) {
    throw unsupported(
      `The AIFF file has samples of ${bits} bits; those of 1 to 32 bits can be read.`,
    );
  }
  return { codec, sampleRateHz };
}

/** A number of 80 bits: a sign, 15 bits of exponent, and a mantissa with its leading 1. */
function readExtended(view: DataView, place: number): number {
  const exponent = (view.getUint16(place) & 0x7fff) - 16383;
  return Number(view.getBigUint64(place + 2)) * 2 ** (exponent - 63);
}
