import { toView } from '../bytes/byte-reader.ts';
import { assertChannels, decodeFailure, unsupported, unsupportedCodec } from '../decode-failure.ts';
import { createImaWavCodec } from '../pcm/ima-adpcm.ts';
import {
  createMicrosoftCodec,
  type PredictorWeights,
  standardWeights,
} from '../pcm/microsoft-adpcm.ts';
import { createPcmCodec, type SampleCodec, type SampleCoding } from '../pcm/sample-codec.ts';

/** What of a 'fmt ' chunk is read: all but ADPCM's longest lists of weights. */
export const mostFormatBytes = 1 << 11;
const formatExtensible = 0xfffe;

const otherCodecs: Readonly<Record<number, string>> = {
  20: 'G.723 ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  69: 'G.726 ADPCM',
  100: 'G.726 ADPCM',
  255: 'AAC',
  352: 'Windows Media Audio',
  353: 'Windows Media Audio',
  655: 'G.722',
  8192: 'AC-3',
};

/** How the samples of a WAV file are written. */
export interface WaveFormat {
  /** Frames of MPEG audio tell about themselves. */
  codec: SampleCodec | 'mpeg';
  sampleRateHz: number;
}

/**
 * Reads a 'fmt ' chunk. Codec, channels, rate and bits a sample decide; the bytes of a frame and of a
 * second follow from them, and writers get them wrong. Blocks of ADPCM have no other measure.
 *
 * @throws SerError `AUDIO_UNSUPPORTED` for other codecs and sizes, `AUDIO_DECODE_FAILED` for what
 *   cannot be.
 */
export function readWaveFormat(chunk: Uint8Array, isBigEndian: boolean): WaveFormat {
  const size = chunk.length;
  if (size < 16) throw decodeFailure('WAV', `its 'fmt ' chunk has ${size} bytes, not 16 or more`);
  const view = toView(chunk);
  const uint16 = (place: number) => view.getUint16(place, !isBigEndian);
  let tag = uint16(0);
  const channels = uint16(2);
  const sampleRateHz = view.getUint32(4, !isBigEndian);
  const blockBytes = uint16(12);
  const bits = uint16(14);
  assertChannels('WAV', channels);
  if (tag === formatExtensible) {
    if (size < 28) throw decodeFailure('WAV', `its extensible 'fmt ' chunk has only ${size} bytes`);
    // The first number of a GUID, of which the lower half says what the tag says elsewhere.
    tag = view.getUint32(24, !isBigEndian) & 0xffff;
  }
  if (tag === 2 || tag === 17) {
    const codec =
      tag === 2
        ? readMicrosoftCodec(view, channels, blockBytes)
        : readImaCodec(channels, blockBytes, bits);
    return { codec, sampleRateHz };
  }
  if (tag === 80 || tag === 85) return { codec: 'mpeg', sampleRateHz };
  const coding = findCoding(tag, bits);
  if (!coding) {
    throw unsupportedCodec(
      'WAV',
      otherCodecs[tag] ?? `codec ${tag}`,
      'PCM, float, A-law, mu-law, MP3, IMA and Microsoft ADPCM',
    );
  }
  const bytesPerSample = countSampleBytes(coding, bits, blockBytes / channels);
  const codec = createPcmCodec({ coding, bytesPerSample, isBigEndian, channels });
  if (!codec) {
    const name = tag === 1 ? 'PCM' : coding;
    throw unsupported(
      `The WAV file has ${name} samples of ${bits} bits; PCM of 1 to 32 and of 64 bits, float of 32 and 64, A-law and mu-law of 8 can be read.`,
    );
  }
  return { codec, sampleRateHz };
}

/**
 * A size that is no multiple of 8 bits fills the lower ones of its last byte with zeros. Two kinds of
 * files are read by their frames, as everybody does: 24 bits in the upper ones of 32, and the laws,
 * of which a sample has 8 bits whatever is written.
 */
function countSampleBytes(coding: SampleCoding, bits: number, frameBytes: number): number {
  const isLaw = coding === 'A-law' || coding === 'mu-law';
  if (isLaw && (bits === 0 || frameBytes === 1)) return 1;
  const bytes = Math.ceil(bits / 8);
  return coding === 'signed' && bytes === 3 && frameBytes === 4 ? 4 : bytes;
}

function findCoding(tag: number, bits: number): SampleCoding | undefined {
  if (tag === 1) return bits <= 8 ? 'unsigned' : 'signed';
  return ({ 3: 'float', 6: 'A-law', 7: 'mu-law' } as const)[tag];
}

function readImaCodec(channels: number, blockBytes: number, bits: number): SampleCodec {
  if (bits !== 4) {
    throw unsupported(
      `The WAV file holds IMA ADPCM samples of ${bits} bits; those of 4 can be read.`,
    );
  }
  assertBlock(blockBytes, 4 * channels);
  return createImaWavCodec(channels, blockBytes);
}

/** Behind the usual fields: their size, samples of a block, how many pairs of weights, and these. */
function readMicrosoftCodec(view: DataView, channels: number, blockBytes: number): SampleCodec {
  assertBlock(blockBytes, 7 * channels);
  const count = view.byteLength >= 22 ? view.getUint16(20, true) : 0;
  const weights: PredictorWeights[] = [];
  for (let place = 22; weights.length < count && place + 4 <= view.byteLength; place += 4) {
    weights.push([view.getInt16(place, true), view.getInt16(place + 2, true)]);
  }
  return createMicrosoftCodec(channels, blockBytes, weights.length > 0 ? weights : standardWeights);
}

function assertBlock(blockBytes: number, headerBytes: number): void {
  if (blockBytes > headerBytes) return;
  throw decodeFailure(
    'WAV',
    `its header says ADPCM blocks of ${blockBytes} bytes, which must be more than ${headerBytes}`,
  );
}
