import { decodeFailure, unsupported } from '../decode-failure.ts';
import { Codebook } from './codebook.ts';
import { FloorCurve } from './floor-curve.ts';
import { countBits, PacketReader } from './packet-reader.ts';
import { Residue } from './residue.ts';

const headerStart = 7;
/** Speech is not recorded in more; a hostile header could ask for 255. */
const mostChannels = 16;

/** The first header packet. */
export interface Identification {
  channels: number;
  sampleRateHz: number;
  /** Sizes of short and long blocks. */
  blockSizes: readonly [number, number];
}

/** How channels share floors and residues. */
export interface Mapping {
  couplings: { magnitude: number; angle: number }[];
  /** The part that each channel belongs to. */
  partOfChannel: number[];
  parts: { floor: FloorCurve; residue: Residue }[];
}

export interface Mode {
  isLong: boolean;
  mapping: Mapping;
}

/** @throws SerError `AUDIO_DECODE_FAILED` */
export function readIdentification(packet: Uint8Array): Identification {
  if (packet.length < 30) throw damaged('its first header is too short');
  const reader = new PacketReader(packet, headerStart);
  const version = reader.read(32);
  const channels = reader.read(8);
  const sampleRateHz = reader.read(32);
  for (let index = 0; index < 3; index++) reader.read(32);
  const blockSizes = [2 ** reader.read(4), 2 ** reader.read(4)] as const;
  const [short, long] = blockSizes;
  if (channels > mostChannels) {
    throw unsupported(
      `The Vorbis file has ${channels} channels; at most ${mostChannels} can be read.`,
    );
  }
  if (version !== 0 || channels === 0 || short < 64 || long > 8192 || short > long) {
    throw damaged('its first header has values that are not allowed');
  }
  return { channels, sampleRateHz, blockSizes };
}

/** Reads the third header packet: everything that audio packets refer to. */
export function readModes(packet: Uint8Array, { channels }: Identification): Mode[] {
  if (String.fromCharCode(...packet.subarray(0, headerStart)) !== '\x05vorbis') {
    throw damaged('its third header is missing');
  }
  const reader = new PacketReader(packet, headerStart);
  const list = <Item>(bits: number, read: () => Item) =>
    Array.from({ length: reader.read(bits) + 1 }, read);
  const codebooks = list(8, () => new Codebook(reader));
  list(6, () => reader.read(16)); // Time-domain transforms; there are none.
  const floors = list(6, () => new FloorCurve(reader, codebooks));
  const residues = list(6, () => new Residue(reader, codebooks));
  const mappings = list(6, () => readMapping(reader, channels, floors, residues));
  return list(6, () => {
    const isLong = reader.readFlag();
    reader.read(32); // Window and transform type; there is one of each.
    return { isLong, mapping: pick(mappings, reader.read(8), 'mapping') };
  });
}

function readMapping(
  reader: PacketReader,
  channels: number,
  floors: readonly FloorCurve[],
  residues: readonly Residue[],
): Mapping {
  if (reader.read(16) !== 0) throw damaged('a mapping is of an unknown type');
  const partCount = reader.readFlag() ? reader.read(4) + 1 : 1;
  const channelBits = countBits(channels - 1);
  const couplings = Array.from({ length: reader.readFlag() ? reader.read(8) + 1 : 0 }, () => {
    const magnitude = reader.read(channelBits);
    const angle = reader.read(channelBits);
    if (magnitude === angle || magnitude >= channels || angle >= channels) {
      throw damaged('a mapping couples channels that do not exist');
    }
    return { magnitude, angle };
  });
  reader.read(2);
  const partOfChannel = Array.from({ length: channels }, () =>
    partCount > 1 ? reader.read(4) : 0,
  );
  if (partOfChannel.some((part) => part >= partCount)) {
    throw damaged('a mapping names a part that does not exist');
  }
  const parts = Array.from({ length: partCount }, () => {
    reader.read(8);
    const floor = pick(floors, reader.read(8), 'floor');
    return { floor, residue: pick(residues, reader.read(8), 'residue') };
  });
  return { couplings, partOfChannel, parts };
}

function pick<Item>(items: readonly Item[], index: number, kind: string): Item {
  const item = items[index];
  if (item === undefined) throw damaged(`its setup names ${kind} ${index}, which does not exist`);
  return item;
}

function damaged(detail: string): Error {
  return decodeFailure('Vorbis', detail);
}
