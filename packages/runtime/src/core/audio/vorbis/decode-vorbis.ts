import type { AudioClip } from '../audio-clip.ts';
import { unsupported } from '../decode-failure.ts';
import type { OggPacket } from '../ogg-packets.ts';

/** Decodes Vorbis I in Ogg. */
export function decodeVorbis(
  _identification: Uint8Array,
  _packets: Iterator<OggPacket>,
  _maxDurationSec: number,
): AudioClip {
  throw unsupported('Ogg Vorbis cannot be read yet.');
}
