import { expandALaw, expandMuLaw } from './g711.ts';

/** Turns the bytes of one coding into samples, unit by unit: a frame of PCM, or a block of ADPCM. */
export interface SampleCodec {
  channels: number;
  unitBytes: number;
  /** Samples a channel of one unit. */
  unitSamples: number;
  /**
   * Decodes the units that `view` holds, the last of which may be cut, into one array a channel,
   * -1 … 1.
   *
   * @returns samples a channel.
   */
  decode(view: DataView, target: readonly Float64Array[]): number;
  /** The samples where they lie, for what needs no more than a factor. */
  viewInPlace?(view: DataView): { samples: Int16Array; scale: number } | undefined;
}

/** How one sample is written. */
export type SampleCoding = 'unsigned' | 'signed' | 'float' | 'A-law' | 'mu-law';

export interface PcmSettings {
  coding: SampleCoding;
  bytesPerSample: number;
  isBigEndian: boolean;
  channels: number;
}

type SampleReader = (view: DataView, position: number) => number;

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A codec for samples that stand alone, or undefined for a coding that has none of this size. */
export function createPcmCodec(settings: PcmSettings): SampleCodec | undefined {
  const { coding, bytesPerSample, channels, isBigEndian } = settings;
  const read = findReader(coding, bytesPerSample, !isBigEndian);
  if (!read) return undefined;
  const unitBytes = channels * bytesPerSample;
  const codec: SampleCodec = {
    channels,
    unitBytes,
    unitSamples: 1,
    decode(view, target) {
      const count = Math.floor(view.byteLength / unitBytes);
      for (let channel = 0; channel < channels; channel++) {
        const samples = target[channel]!;
        let position = channel * bytesPerSample;
        for (let index = 0; index < count; index++) {
          samples[index] = read(view, position);
          position += unitBytes;
        }
      }
      return count;
    },
  };
  const isInPlace = coding === 'signed' && unitBytes === 2 && isBigEndian !== isLittleEndian;
  if (!isInPlace) return codec;
  return {
    ...codec,
    viewInPlace({ buffer, byteOffset, byteLength }) {
      if (byteOffset % 2 !== 0) return undefined;
      return { samples: new Int16Array(buffer, byteOffset, byteLength >> 1), scale: 1 / 32768 };
    },
  };
}

/** All are scaled so that the lowest sample is -1. */
function findReader(
  coding: SampleCoding,
  bytes: number,
  littleEndian: boolean,
): SampleReader | undefined {
  switch (`${coding} ${bytes}`) {
    case 'unsigned 1':
      return (view, position) => (view.getUint8(position) - 128) / 128;
    case 'signed 1':
      return (view, position) => view.getInt8(position) / 128;
    case 'signed 2':
      return (view, position) => view.getInt16(position, littleEndian) / 32768;
    case 'signed 3':
      return littleEndian
        ? (view, position) =>
            (view.getUint16(position, true) + view.getInt8(position + 2) * 65536) / 8388608
        : (view, position) =>
            (view.getInt8(position) * 65536 + view.getUint16(position + 1)) / 8388608;
    case 'signed 4':
      return (view, position) => view.getInt32(position, littleEndian) / 2147483648;
    case 'signed 8':
      return (view, position) => Number(view.getBigInt64(position, littleEndian)) / 2 ** 63;
    case 'float 4':
      return (view, position) => view.getFloat32(position, littleEndian);
    case 'float 8':
      return (view, position) => view.getFloat64(position, littleEndian);
    case 'A-law 1':
      return (view, position) => expandALaw(view.getUint8(position));
    case 'mu-law 1':
      return (view, position) => expandMuLaw(view.getUint8(position));
    default:
      return undefined;
  }
}
