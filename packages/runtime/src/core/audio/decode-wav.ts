import { SerError } from '@ser/dsp-wasm';
import { decodeFailure, truncated, unsupported } from './decode-failure.ts';
import type { Decoding } from './decoding.ts';
import { MonoBuffer } from './mono-buffer.ts';

const formatPcm = 1;
const formatFloat = 3;
const formatExtensible = 0xfffe;
/** A writer that streams does not know the length beforehand and leaves this in its place. */
const unknownLength = 0xffffffff;
const mostChannels = 256;
const blockFrames = 1 << 14;

const otherCodecs: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'mu-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  80: 'MPEG',
  85: 'MP3',
};

interface WaveFormat {
  isFloat: boolean;
  channels: number;
  sampleRateHz: number;
  bytesPerSample: number;
}

/**
 * Decodes RIFF WAVE: PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, plain or extensible.
 *
 * @throws SerError `AUDIO_DECODE_FAILED` where the file is damaged or shorter than its header says,
 *   `AUDIO_UNSUPPORTED` for other codecs, `AUDIO_TOO_LONG` beyond the limit.
 */
export function* decodeWav(bytes: Uint8Array, maxDurationSec: number): Decoding {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WaveFormat | undefined;
  let position = 12;
  while (position + 8 <= bytes.length) {
    const name = String.fromCharCode(...bytes.subarray(position, position + 4));
    const promised = view.getUint32(position + 4, true);
    const start = position + 8;
    const available = bytes.length - start;
    if (name === 'data') {
      if (!format) throw decodeFailure('WAV', "its 'data' chunk comes before any 'fmt ' chunk");
      if (promised !== unknownLength && promised > available) {
        throw truncated(
          'WAV',
          `its header promises ${promised} bytes of samples and ${available} are there`,
        );
      }
      return yield* readSamples(view, start, Math.min(promised, available), format, maxDurationSec);
    }
    if (promised > available) {
      throw truncated(
        'WAV',
        `its chunk '${name}' promises ${promised} bytes and ${available} are there`,
      );
    }
    if (name === 'fmt ') format = readFormat(view, start, promised);
    position = start + promised + (promised & 1);
  }
  throw format
    ? truncated('WAV', "it ends before its 'data' chunk")
    : truncated('WAV', "it ends before its 'fmt ' chunk");
}

function readFormat(view: DataView, start: number, size: number): WaveFormat {
  if (size < 16) throw decodeFailure('WAV', `its 'fmt ' chunk has ${size} bytes, not 16 or more`);
  let codec = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRateHz = view.getUint32(start + 4, true);
  const blockBytes = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (codec === formatExtensible) {
    if (size < 26) throw decodeFailure('WAV', `its extensible 'fmt ' chunk has only ${size} bytes`);
    codec = view.getUint16(start + 24, true);
  }
  if (codec !== formatPcm && codec !== formatFloat) {
    const name = otherCodecs[codec] ?? `codec ${codec}`;
    throw unsupported(`The WAV file holds ${name}; PCM and float samples can be read.`);
  }
  if (channels < 1 || channels > mostChannels) {
    throw decodeFailure(
      'WAV',
      `its header says ${channels} channels; 1 to ${mostChannels} are allowed`,
    );
  }
  const isFloat = codec === formatFloat;
  const bytesPerSample = blockBytes / channels;
  const sizes = isFloat ? [4, 8] : [1, 2, 3, 4];
  if (!sizes.includes(bytesPerSample) || Math.ceil(bits / 8) > bytesPerSample || bits === 0) {
    throw unsupported(
      `The WAV file has ${isFloat ? 'float' : 'PCM'} samples of ${bits} bits in frames of ${blockBytes} bytes for ${channels} channels; PCM of 8, 16, 24 and 32 bits and float of 32 and 64 can be read.`,
    );
  }
  return { isFloat, channels, sampleRateHz, bytesPerSample };
}

function* readSamples(
  view: DataView,
  start: number,
  size: number,
  { isFloat, channels, sampleRateHz, bytesPerSample }: WaveFormat,
  maxDurationSec: number,
): Decoding {
  const frameBytes = channels * bytesPerSample;
  const frames = Math.floor(size / frameBytes);
  if (frames === 0) throw new SerError('AUDIO_EMPTY', 'The WAV file holds no samples.');
  const mono = new MonoBuffer(sampleRateHz, maxDurationSec);
  mono.reserve(frames);
  const readSample = isFloat ? floatReaders[bytesPerSample]! : pcmReaders[bytesPerSample]!;
  const block = Array.from(
    { length: channels },
    () => new Float64Array(Math.min(frames, blockFrames)),
  );
  for (let first = 0; first < frames; first += blockFrames) {
    const count = Math.min(blockFrames, frames - first);
    for (let channel = 0; channel < channels; channel++) {
      const target = block[channel]!;
      let position = start + first * frameBytes + channel * bytesPerSample;
      for (let frame = 0; frame < count; frame++, position += frameBytes) {
        target[frame] = readSample(view, position);
      }
    }
    mono.append(block, 0, count);
    yield;
  }
  return mono.finish();
}

type SampleReader = (view: DataView, position: number) => number;

const floatReaders: Readonly<Record<number, SampleReader>> = {
  4: (view, position) => view.getFloat32(position, true),
  8: (view, position) => view.getFloat64(position, true),
};

/** Samples of 8 bits have no sign; all are scaled so that the lowest is -1. */
const pcmReaders: Readonly<Record<number, SampleReader>> = {
  1: (view, position) => (view.getUint8(position) - 128) / 128,
  2: (view, position) => view.getInt16(position, true) / 32768,
  3: (view, position) =>
    (view.getUint16(position, true) + view.getInt8(position + 2) * 65536) / 8388608,
  4: (view, position) => view.getInt32(position, true) / 2147483648,
};
