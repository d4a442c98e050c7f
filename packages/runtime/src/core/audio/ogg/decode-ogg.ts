import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText } from '../bytes/byte-reader.ts';
import { unsupportedCodec } from '../decode-failure.ts';
import { type AudioSection, joinSections } from '../join-sections.ts';
import { type OggStream, readOggStreams } from './read-streams.ts';

const otherCodecs: readonly (readonly [magic: string, name: string])[] = [
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora video'],
];

const isOpus = (head: Uint8Array) => readText(head, 0, 8) === 'OpusHead';
const isVorbis = (head: Uint8Array) => readText(head, 0, 7) === '\x01vorbis';
const isFlac = (head: Uint8Array) => readText(head, 0, 5) === '\x7fFLAC';
/** Behind the mapping's own fields, FLAC's magic and the header of the block. */
const flacInfoStart = 17;

/**
 * Decodes Vorbis, Opus and FLAC in Ogg, also where several streams follow one another.
 *
 * @throws SerError `AUDIO_DECODE_FAILED`, `AUDIO_UNSUPPORTED` for other codecs, or `AUDIO_TOO_LONG`.
 */
export async function decodeOgg(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  return joinSections('Ogg', readSections(reader), maxDurationSec);
}

async function* readSections(reader: ByteReader): AsyncGenerator<AudioSection, undefined> {
  const streams = readOggStreams(reader, (head) => isOpus(head) || isVorbis(head) || isFlac(head));
  for await (const stream of streams) yield await openStream(stream);
  return undefined;
}

async function openStream({ head, packets }: OggStream): Promise<AudioSection> {
  if (isOpus(head)) {
    await packets.next(); // The comment header.
    return (await import('../opus/open-opus.ts')).openOpus(head, packets);
  }
  if (isVorbis(head)) {
    return (await import('../vorbis/open-vorbis.ts')).openVorbis(head, packets);
  }
  if (isFlac(head)) {
    const { openFlacPackets } = await import('../flac/open-flac-packets.ts');
    return openFlacPackets(head, flacInfoStart, packets);
  }
  const magic = readText(head, 0, 8);
  const other = otherCodecs.find(([start]) => magic.startsWith(start));
  throw unsupportedCodec('Ogg', other?.[1] ?? 'an unknown codec', 'Vorbis, Opus and FLAC');
}
