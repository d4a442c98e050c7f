import type { DecodedAudio } from '../audio-stream.ts';
import { type ByteReader, readText } from '../byte-reader.ts';
import { decodeFailure, unsupported } from '../decode-failure.ts';
import { readOggPackets } from './read-packets.ts';

const otherCodecs: readonly (readonly [magic: string, name: string])[] = [
  ['\x7fFLAC', 'FLAC in Ogg'],
  ['Speex   ', 'Speex'],
  ['\x80theora', 'Theora video'],
];

/** Decodes an Ogg file by the codec of its first packet: Vorbis or Opus. */
export async function decodeOgg(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  const packets = readOggPackets(reader);
  const first = (await packets.next()).value;
  if (!first) throw decodeFailure('Ogg', 'it holds no packet');
  const magic = readText(first.bytes, 0, 8);
  if (magic === 'OpusHead') {
    const { decodeOpus } = await import('../opus/decode-opus.ts');
    return decodeOpus(first.bytes, packets, maxDurationSec);
  }
  if (magic.startsWith('\x01vorbis')) {
    const { decodeVorbis } = await import('../vorbis/decode-vorbis.ts');
    return decodeVorbis(first.bytes, packets, maxDurationSec);
  }
  const other = otherCodecs.find(([start]) => magic.startsWith(start));
  throw unsupported(
    `The Ogg file holds ${other?.[1] ?? 'an unknown codec'}; Vorbis and Opus can be read.`,
  );
}
