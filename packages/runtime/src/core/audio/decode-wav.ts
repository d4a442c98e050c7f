import type { DecodedAudio } from './audio-stream.ts';
import { type ByteReader, readText } from './byte-reader.ts';
import { decodeFailure, truncated, unsupported } from './decode-failure.ts';
import { expandALaw, expandMuLaw } from './g711.ts';
import { MonoMixer } from './mono-mixer.ts';

const formatPcm = 1;
const formatFloat = 3;
const formatALaw = 6;
const formatMuLaw = 7;
const formatExtensible = 0xfffe;
/** A writer that streams does not know the length beforehand and leaves this in its place. */
const unknownLength = 0xffffffff;
const mostChannels = 256;
const blockBytes = 1 << 20;
/** What of a 'fmt ' chunk is read. */
const formatBytes = 26;

const otherCodecs: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3',
};

type SampleReader = (view: DataView, position: number) => number;

/** How one kind of samples is called, and how those of each size in bytes are read. */
interface SampleKind {
  name: string;
  readers: Readonly<Record<number, SampleReader>>;
}

interface WaveFormat {
  kind: SampleKind;
  channels: number;
  sampleRateHz: number;
  bytesPerSample: number;
}

/**
 * Decodes RIFF WAVE: PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, and the A-law and mu-law
 * of telephones; plain or extensible.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or shorter than its header says,
 *   `AUDIO_UNSUPPORTED` for other codecs, `AUDIO_TOO_LONG` beyond the limit.
 */
export async function decodeWav(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  let format: WaveFormat | undefined;
  reader.advance(12);
  while (reader.remaining >= 8) {
    const header = await reader.fill(8);
    const name = readText(header, 0, 4);
    const promised = toView(header).getUint32(4, true);
    reader.advance(8);
    const available = reader.remaining;
    if (name === 'data') {
      if (!format) throw decodeFailure('WAV', "its 'data' chunk comes before any 'fmt ' chunk");
      if (promised !== unknownLength && promised > available) {
        throw truncated(
          'WAV',
          `its header promises ${promised} bytes of samples and ${available} are there`,
        );
      }
      return readSamples(reader, Math.min(promised, available), format, maxDurationSec);
    }
    if (promised > available) {
      throw truncated(
        'WAV',
        `its chunk '${name}' promises ${promised} bytes and ${available} are there`,
      );
    }
    if (name === 'fmt ') format = readFormat(toView(await reader.fill(formatBytes)), promised);
    reader.advance(promised + (promised & 1));
  }
  throw format
    ? truncated('WAV', "it ends before its 'data' chunk")
    : truncated('WAV', "it ends before its 'fmt ' chunk");
}

function toView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readFormat(view: DataView, size: number): WaveFormat {
  if (size < 16) throw decodeFailure('WAV', `its 'fmt ' chunk has ${size} bytes, not 16 or more`);
  let codec = view.getUint16(0, true);
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const blockBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (codec === formatExtensible) {
    if (size < 26) throw decodeFailure('WAV', `its extensible 'fmt ' chunk has only ${size} bytes`);
    codec = view.getUint16(24, true);
  }
  const kind = sampleKinds[codec];
  if (!kind) {
    const name = otherCodecs[codec] ?? `codec ${codec}`;
    throw unsupported(
      `The WAV file holds ${name}; PCM, float, A-law and mu-law samples can be read.`,
    );
  }
  if (channels < 1 || channels > mostChannels) {
    throw decodeFailure(
      'WAV',
      `its header says ${channels} channels; 1 to ${mostChannels} are allowed`,
    );
  }
  const bytesPerSample = blockBytes / channels;
  if (!kind.readers[bytesPerSample] || Math.ceil(bits / 8) > bytesPerSample || bits === 0) {
    throw unsupported(
      `The WAV file has ${kind.name} samples of ${bits} bits in frames of ${blockBytes} bytes for ${channels} channels; PCM of 8, 16, 24 and 32 bits, float of 32 and 64, A-law and mu-law of 8 can be read.`,
    );
  }
  return { kind, channels, sampleRateHz, bytesPerSample };
}

function readSamples(
  reader: ByteReader,
  size: number,
  format: WaveFormat,
  maxDurationSec: number,
): DecodedAudio {
  const frameBytes = format.channels * format.bytesPerSample;
  const frames = Math.floor(size / frameBytes);
  const mixer = new MonoMixer(format.sampleRateHz, maxDurationSec);
  mixer.expect(frames);
  return {
    sampleRateHz: format.sampleRateHz,
    expectedSamples: frames,
    blocks: readBlocks(reader, frames, format, mixer),
  };
}

async function* readBlocks(
  reader: ByteReader,
  frames: number,
  { kind, channels, bytesPerSample }: WaveFormat,
  mixer: MonoMixer,
): AsyncGenerator<Float32Array> {
  const frameBytes = channels * bytesPerSample;
  const readSample = kind.readers[bytesPerSample]!;
  const blockFrames = Math.min(frames, Math.ceil(blockBytes / frameBytes));
  const block = Array.from({ length: channels }, () => new Float64Array(blockFrames));
  while (mixer.length < frames) {
    const count = Math.min(blockFrames, frames - mixer.length);
    const view = toView(await reader.fill(count * frameBytes));
    if (view.byteLength < count * frameBytes) throw truncated('WAV', 'it has become shorter');
    const inPlace = channels === 1 && kind === pcm ? viewAsInt16(view, bytesPerSample) : undefined;
    if (inPlace) {
      yield mixer.mix([inPlace], 0, count, 1 / 32768);
    } else {
      block.forEach((target, channel) => {
        const first = channel * bytesPerSample;
        for (let frame = 0; frame < count; frame++) {
          target[frame] = readSample(view, first + frame * frameBytes);
        }
      });
      yield mixer.mix(block, 0, count);
    }
    reader.advance(count * frameBytes);
  }
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Samples of 16 bits where they lie, without a copy; undefined for any others. */
function viewAsInt16(view: DataView, bytesPerSample: number): Int16Array | undefined {
  if (bytesPerSample !== 2 || view.byteOffset % 2 !== 0 || !isLittleEndian) return undefined;
  return new Int16Array(view.buffer, view.byteOffset, view.byteLength >> 1);
}

/** Samples of 8 bits have no sign; all are scaled so that the lowest is -1. */
const pcm: SampleKind = {
  name: 'PCM',
  readers: {
    1: (view, position) => (view.getUint8(position) - 128) / 128,
    2: (view, position) => view.getInt16(position, true) / 32768,
    3: (view, position) =>
      (view.getUint16(position, true) + view.getInt8(position + 2) * 65536) / 8388608,
    4: (view, position) => view.getInt32(position, true) / 2147483648,
  },
};

const sampleKinds: Readonly<Record<number, SampleKind>> = {
  [formatPcm]: pcm,
  [formatFloat]: {
    name: 'float',
    readers: {
      4: (view, position) => view.getFloat32(position, true),
      8: (view, position) => view.getFloat64(position, true),
    },
  },
  [formatALaw]: {
    name: 'A-law',
    readers: { 1: (view, position) => expandALaw(view.getUint8(position)) },
  },
  [formatMuLaw]: {
    name: 'mu-law',
    readers: { 1: (view, position) => expandMuLaw(view.getUint8(position)) },
  },
};
