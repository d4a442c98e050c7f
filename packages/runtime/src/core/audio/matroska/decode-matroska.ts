import type { AudioPacket } from '../audio-packet.ts';
import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText } from '../bytes/byte-reader.ts';
import { decodeFailure, unsupported, unsupportedCodec } from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import { splitBlock, splitXiph } from './lacing.ts';
import { type Element, readElements, readUnsigned } from './read-elements.ts';

/** The elements that are read, by their names in RFC 9559. */
const ids = {
  ebml: 0x1a45dfa3,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  contentEncodings: 0x6d80,
  cluster: 0x1f43b675,
  simpleBlock: 0xa3,
  block: 0xa1,
  discardPadding: 0x75a2,
} as const;
const audioTrack = 2;
/** Behind FLAC's magic and the header of the block. */
const flacInfoStart = 8;
/** No codec's settings, and no packet of sound, are longer. */
const mostElementBytes = 1 << 24;

const otherCodecs: readonly (readonly [start: string, name: string])[] = [
  ['A_AAC', 'AAC'],
  ['A_MPEG/L3', 'MP3'],
  ['A_PCM', 'PCM'],
  ['A_AC3', 'AC-3'],
];

interface Track {
  number: number;
  type: number;
  codec: string;
  settings: Uint8Array;
  isEncoded: boolean;
}

/**
 * Decodes Opus, Vorbis and FLAC in WebM and Matroska (RFC 9559): the first track of audio, as browsers and
 * messengers record it, lengths known or not.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` for other codecs, or `AUDIO_TOO_LONG`.
 */
export async function decodeMatroska(
  reader: ByteReader,
  maxDurationSec: number,
): Promise<DecodedAudio> {
  return joinSections('WebM', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  const elements = readElements(reader);
  let isMore = true;
  while (isMore) {
    const track = pickTrack(await readTracks(reader, elements));
    let hasEnded = false;
    const packets = readPackets(reader, elements, track, (isFollowed) => {
      hasEnded = true;
      isMore = isFollowed;
    });
    yield await openTrack(track, packets);
    if (!hasEnded) return undefined;
  }
  return undefined;
}

/** The tracks, which stand before the first cluster. */
async function readTracks(
  reader: ByteReader,
  elements: AsyncGenerator<Element, undefined>,
): Promise<Track[]> {
  const tracks: Track[] = [];
  for (;;) {
    const { value: element } = await elements.next();
    if (!element || element.id === ids.cluster) return tracks;
    if (element.id === ids.trackEntry) {
      tracks.push({ number: 0, type: 0, codec: '', settings: new Uint8Array(), isEncoded: false });
    }
    const track = tracks.at(-1);
    if (!track) continue;
    if (element.id === ids.trackNumber) track.number = readUnsigned(await read(reader, element));
    if (element.id === ids.trackType) track.type = readUnsigned(await read(reader, element));
    if (element.id === ids.codecId) {
      const name = await read(reader, element);
      track.codec = readText(name, 0, Math.min(name.length, 64));
    }
    if (element.id === ids.codecPrivate) track.settings = (await read(reader, element)).slice();
    if (element.id === ids.contentEncodings) track.isEncoded = true;
  }
}

async function read(reader: ByteReader, { size }: Element): Promise<Uint8Array> {
  if (size > mostElementBytes) {
    throw decodeFailure('WebM', `an element of ${size} bytes is longer than any of its kind`);
  }
  return (await reader.fill(size)).subarray(0, size);
}

function pickTrack(tracks: readonly Track[]): Track {
  const track = tracks.find(({ type }) => type === audioTrack);
  if (!track) throw unsupported('The WebM file has no track of audio.');
  if (track.isEncoded) {
    throw unsupported('The WebM file has a compressed or encrypted track; plain ones can be read.');
  }
  return track;
}

async function openTrack(
  { codec, settings }: Track,
  packets: AsyncGenerator<AudioPacket, undefined>,
): Promise<AudioSection> {
  if (codec === 'A_OPUS') {
    return (await import('../opus/open-opus.ts')).openOpus(settings, packets);
  }
  if (codec === 'A_VORBIS') {
    const count = (settings[0] ?? 0) + 1;
    const [identification, ...headers] = splitXiph(settings, 1, count);
    const { openVorbis } = await import('../vorbis/open-vorbis.ts');
    return openVorbis(identification ?? new Uint8Array(), prepend(headers, packets));
  }
  if (codec === 'A_FLAC') {
    const { openFlacPackets } = await import('../flac/open-flac-packets.ts');
    return openFlacPackets(settings, flacInfoStart, packets);
  }
  const other = otherCodecs.find(([start]) => codec.startsWith(start));
  throw unsupportedCodec('WebM or Matroska', other?.[1] ?? codec, 'Opus, Vorbis and FLAC');
}

async function* prepend(
  headers: readonly Uint8Array[],
  packets: AsyncGenerator<AudioPacket, undefined>,
): AsyncGenerator<AudioPacket, undefined> {
  for (const bytes of headers) yield { bytes, page: -1 };
  yield* packets;
  return undefined;
}

/**
 * The packets of a track. One is held back, since the time to discard at the end follows its block.
 *
 * @param tellEnd told whether another file follows.
 */
async function* readPackets(
  reader: ByteReader,
  elements: AsyncGenerator<Element, undefined>,
  track: Track,
  tellEnd: (isFollowed: boolean) => void,
): AsyncGenerator<AudioPacket, undefined> {
  let held: AudioPacket | undefined;
  let page = 0;
  for (;;) {
    const { value: element } = await elements.next();
    if (!element || element.id === ids.ebml) {
      if (held) yield held;
      tellEnd(element !== undefined);
      return undefined;
    }
    if (element.id === ids.simpleBlock || element.id === ids.block) {
      page++;
      for (const bytes of splitBlock(await read(reader, element), track.number)) {
        if (held) yield held;
        held = { bytes, page };
      }
    } else if (element.id === ids.discardPadding && held) {
      // In nanoseconds.
      held.discardSec = readUnsigned(await read(reader, element)) / 1e9;
    }
  }
}
