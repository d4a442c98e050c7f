import { assertNoLfsPointer, SerError } from '@ser/dsp-wasm';
import type { ByteReader } from './byte-reader.ts';
import { unsupported } from './decode-failure.ts';
import { skipId3 } from './id3.ts';
import { readMp3Header } from './mp3/frame-header.ts';

/** Containers that are read. An Ogg file's codec is known only from its first packet. */
export type AudioFormat = 'wav' | 'flac' | 'mp3' | 'ogg';

/** Longer than any MP3 frame and the next one's header. */
const headBytes = 4096;
const readable = 'WAV, FLAC, MP3, Ogg Vorbis and Opus can be read';

const foreignFormats: readonly { at: number; magic: string; name: string }[] = [
  { at: 4, magic: 'ftyp', name: 'MP4 or M4A' },
  { at: 0, magic: '\x1aE\xdf\xa3', name: 'WebM or Matroska' },
  { at: 0, magic: 'FORM', name: 'AIFF' },
  { at: 0, magic: '.snd', name: 'AU' },
  { at: 0, magic: 'RF64', name: 'RF64, a WAV file of more than 4 GB' },
  { at: 0, magic: 'RIFX', name: 'big-endian WAV' },
  { at: 0, magic: '#!AMR', name: 'AMR' },
  { at: 0, magic: 'NIST_1A', name: 'NIST Sphere' },
];

function hasMagic(bytes: Uint8Array, at: number, magic: string): boolean {
  if (bytes.length < at + magic.length) return false;
  for (let index = 0; index < magic.length; index++) {
    if (bytes[at + index] !== magic.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Tells the format of an audio file by its content; its name plays no part. Leaves the reader at the
 * file's first byte, or behind its ID3 tags.
 *
 * @throws SerError `AUDIO_EMPTY` for 0 bytes, `AUDIO_UNSUPPORTED` for anything that is not read.
 */
export async function sniffFormat(reader: ByteReader): Promise<AudioFormat> {
  if (reader.size === 0) throw new SerError('AUDIO_EMPTY', 'The file is empty: it has 0 bytes.');
  const head = await reader.fill(headBytes);
  assertNoLfsPointer(head, 'AUDIO_UNSUPPORTED', 'audio');
  if (hasMagic(head, 0, 'RIFF') && hasMagic(head, 8, 'WAVE')) return 'wav';
  if (hasMagic(head, 0, 'OggS')) return 'ogg';
  await skipId3(reader);
  if (hasMagic(await reader.fill(4), 0, 'fLaC')) return 'flac';
  if (reader.position > 0 || startsWithMp3Frames(head)) return 'mp3';
  const foreign = foreignFormats.find(({ at, magic }) => hasMagic(head, at, magic));
  if (foreign) throw unsupported(`The file is ${foreign.name}; ${readable}.`);
  throw unsupported(
    `The file is not audio that is known here (it starts with ${describeStart(head)}); ${readable}.`,
  );
}

/** One header proves little, since two bytes decide most of it; the next has to follow. */
function startsWithMp3Frames(bytes: Uint8Array): boolean {
  const first = readMp3Header(bytes, 0);
  if (!first) return false;
  return first.frameBytes >= bytes.length || readMp3Header(bytes, first.frameBytes) !== undefined;
}

function describeStart(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 8);
  const isText = start.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127),
  );
  if (isText) return `the text ${JSON.stringify(String.fromCharCode(...start))}`;
  return `the bytes ${Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
