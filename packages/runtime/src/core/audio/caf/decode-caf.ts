import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText, toView } from '../bytes/byte-reader.ts';
import { findExtent } from '../chunks/sample-extent.ts';
import { type ChunkLayout, cutChunk, walkChunks } from '../chunks/walk-chunks.ts';
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
import { createPcmCodec, type SampleCodec } from '../pcm/sample-codec.ts';

const layout: ChunkLayout = {
  nameBytes: 4,
  sizeBytes: 8,
  isBigEndian: true,
  countsHeader: false,
  alignment: 1,
};
const fileHeaderBytes = 8;
const descriptionBytes = 32;
const otherCodecs: Readonly<Record<string, string>> = {
  'aac ': 'AAC',
  alac: 'Apple Lossless',
  opus: 'Opus',
  '.mp3': 'MP3',
  'ac-3': 'AC-3',
  agsm: 'GSM 6.10',
};

interface Description {
  codec: SampleCodec;
  sampleRateHz: number;
}

/**
 * Decodes Apple's Core Audio Format: PCM of 8 to 32 bits in either order, float of 32 and 64 bits,
 * A-law, mu-law and IMA ADPCM.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` for other codecs, or `AUDIO_TOO_LONG`.
 */
export async function decodeCaf(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  return joinSections('CAF', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  let description: Description | undefined;
  let hasSamples = false;
  reader.advance(fileHeaderBytes);
  for await (const chunk of walkChunks(reader, layout)) {
    const { name, promised, available } = chunk;
    if (name === 'caff') {
      // Another file was joined; its header is shorter than that of a chunk.
      chunk.size = fileHeaderBytes - 12;
      description = undefined;
    } else if (name === 'data') {
      if (!description)
        throw decodeFailure('CAF', "its 'data' chunk comes before any 'desc' chunk");
      const start = reader.position;
      // A count of edits comes first.
      reader.advance(4);
      const extent = findExtent('CAF', {
        promised: Math.max(0, promised - 4),
        available: Math.max(0, available - 4),
      });
      const { codec, sampleRateHz } = description;
      const frames = countFrames(codec, extent.bytes);
      hasSamples = true;
      yield openSamples('CAF', reader, { sampleRateHz, codec, extent, frames });
      chunk.size = reader.position - start;
    } else if (promised > available) {
      if (hasSamples) break;
      throw cutChunk('CAF', chunk);
    } else if (name === 'desc') {
      description = readDescription((await reader.fill(descriptionBytes)).subarray(0, promised));
    }
  }
  if (!hasSamples) throw truncated('CAF', "it ends before its 'data' chunk");
  return undefined;
}

function readDescription(chunk: Uint8Array): Description {
  if (chunk.length < descriptionBytes) {
    throw decodeFailure('CAF', `its 'desc' chunk has ${chunk.length} bytes, not 32`);
  }
  const view = toView(chunk);
  const sampleRateHz = Math.round(view.getFloat64(0));
  const type = readText(chunk, 8, 12);
  const flags = view.getUint32(12);
  const channels = view.getUint32(24);
  const bits = view.getUint32(28);
  assertChannels('CAF', channels);
  if (type === 'ima4') return { codec: createImaPacketCodec(channels), sampleRateHz };
  const coding =
    type === 'lpcm'
      ? flags & 1
        ? 'float'
        : 'signed'
      : ({ alaw: 'A-law', ulaw: 'mu-law' } as const)[type];
  if (!coding) {
    throw unsupportedCodec(
      'CAF',
      otherCodecs[type] ?? `codec '${type}'`,
      'PCM, float, A-law, mu-law and IMA ADPCM',
    );
  }
  const bytesPerSample = type === 'lpcm' ? Math.ceil(bits / 8) : 1;
  const isBigEndian = (flags & 2) === 0;
  const codec = createPcmCodec({ coding, bytesPerSample, isBigEndian, channels });
  if (!codec) {
    throw unsupported(
      `The CAF file has ${coding} samples of ${bits} bits; PCM of 1 to 32 bits and float of 32 and 64 can be read.`,
    );
  }
  return { codec, sampleRateHz };
}
