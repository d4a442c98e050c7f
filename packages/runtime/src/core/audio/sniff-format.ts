import { assertNoLfsPointer, SerError } from '@ser/dsp-wasm';
import { type ByteReader, readText } from './bytes/byte-reader.ts';
import { truncated, unsupported } from './decode-failure.ts';
import { findFrames } from './mp3/find-frames.ts';
import { skipFillAndTags, skipTags } from './tags/skip-tags.ts';

/** Containers that are read. Most hold one of several codecs, which only their decoders know. */
export type AudioFormat = 'wav' | 'aiff' | 'au' | 'caf' | 'flac' | 'mp3' | 'ogg' | 'matroska';

/** MP3 may begin within a frame, or behind what is none, so that its first frames lie anywhere here. */
const headBytes = 1 << 16;
const readable = 'WAV, FLAC, MP3, Ogg and WebM (Vorbis, Opus), AIFF, AU and CAF';

/** How files of each format begin; `?` stands for any byte. */
const readFormats: readonly (readonly [magic: string, format: AudioFormat])[] = [
  ['RIFF????WAVE', 'wav'],
  ['RIFX????WAVE', 'wav'],
  ['RF64????WAVE', 'wav'],
  ['BW64????WAVE', 'wav'],
  // Sony's Wave64: a GUID, a size of 64 bits, another GUID.
  ['riff\x2e\x91\xcf\x11????????????????wave', 'wav'],
  ['FORM????AIF', 'aiff'],
  ['.snd\0', 'au'],
  ['dns.??\0\0', 'au'],
  ['caff\0\x01', 'caf'],
  ['fLaC', 'flac'],
  ['OggS', 'ogg'],
  ['\x1aE\xdf\xa3', 'matroska'],
];

/** What MP4 begins with, and QuickTime of old. */
const mp4Boxes = ['ftyp', 'moov', 'mdat', 'wide'];

const foreignFormats: readonly (readonly [magic: string, name: string])[] = [
  ['#!AMR', 'AMR'],
  ['NIST_1A', 'NIST Sphere'],
  ['wvpk', 'WavPack'],
  ['MAC ', "Monkey's Audio"],
  ['TTA1', 'True Audio'],
  ['MPCK', 'Musepack'],
  ['MP+', 'Musepack'],
  ['\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'Windows Media Audio'],
  ['Creative Voice File', 'Creative Voice'],
  ['RIFF????AVI ', 'AVI'],
  ['FORM????8SVX', '8SVX'],
  ['FLV\x01', 'Flash Video'],
  ['\xff\xf0', 'AAC (ADTS)'],
  ['\xff\xf1', 'AAC (ADTS)'],
  ['\xff\xf8', 'AAC (ADTS)'],
  ['\xff\xf9', 'AAC (ADTS)'],
  ['\x0b\x77', 'AC-3'],
  ['\xff\xfe', 'MPEG audio of Layer I'],
  ['\xff\xff', 'MPEG audio of Layer I'],
];

/**
 * Tells the format of an audio file by its content; its name plays no part. Leaves the reader at the
 * file's first byte, or behind its tags.
 *
 * @throws SerError `AUDIO_EMPTY` for 0 bytes, `AUDIO_UNSUPPORTED` for anything that is not read.
 */
export async function sniffFormat(reader: ByteReader): Promise<AudioFormat> {
  if (reader.size === 0) throw new SerError('AUDIO_EMPTY', 'The file is empty: it has 0 bytes.');
  const hasTags = await skipTags(reader);
  if (hasTags) await skipFillAndTags(reader);
  if (reader.remaining <= 0) throw truncated('MP3', 'it ends within its ID3 tag');
  const bytes = await reader.fill(headBytes);
  assertNoLfsPointer(bytes, 'AUDIO_UNSUPPORTED', 'audio');
  const head = readText(bytes, 0, 64);
  const known = readFormats.find(([magic]) => startsWith(head, magic));
  if (known) return known[1];
  if (mp4Boxes.includes(head.slice(4, 8))) {
    const { nameMp4Codec } = await import('./mp4/name-codec.ts');
    const codec = (await nameMp4Codec(reader)) ?? 'an unknown codec';
    throw foreign(`MP4 or M4A with ${codec}`);
  }
  const other = foreignFormats.find(([magic]) => startsWith(head, magic));
  const isMp3 = findFrames(bytes.subarray(0, headBytes), reader.has(Infinity)) >= 0;
  if (isMp3 || (hasTags && !other)) return 'mp3';
  if (isRawGsm(bytes)) throw foreign('GSM 6.10');
  if (other) throw foreign(other[1]);
  throw unsupported(
    `The file is not audio that is known here (it starts with ${describeStart(bytes)}); ${readable} can be read.`,
  );
}

function foreign(name: string): SerError {
  return unsupported(
    `The file is ${name}; ${readable} can be read. To convert it: ffmpeg -i FILE NEW.wav.`,
  );
}

/** Frames of 33 bytes that begin with the same four bits, and no header. */
function isRawGsm(bytes: Uint8Array): boolean {
  const starts = Array.from({ length: 8 }, (_, frame) => bytes[33 * frame] ?? 0);
  return starts.every((byte) => byte >> 4 === 0xd);
}

function startsWith(head: string, magic: string): boolean {
  return [...magic].every((character, index) => character === '?' || character === head[index]);
}

function describeStart(bytes: Uint8Array): string {
  const start = bytes.subarray(0, 8);
  const isText = start.every(
    (byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127),
  );
  if (isText) return `the text ${JSON.stringify(String.fromCharCode(...start))}`;
  return `the bytes ${Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
