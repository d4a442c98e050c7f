import { readText, toView } from '../bytes/byte-reader.ts';
import { type Mp3Header, readMp3Header } from './frame-header.ts';

/** Headers that must follow one another: two bytes decide most of one, so that one proves little. */
const provingFrames = 3;

/**
 * Where a chain of frames begins in the bytes, which may start within a frame or with something else.
 *
 * @param isEnd whether the file ends with the bytes, so that the chain may be shorter.
 * @returns -1 where none does.
 */
export function findFrames(bytes: Uint8Array, isEnd: boolean): number {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (startsChain(bytes, at, isEnd)) return at;
  }
  return -1;
}

function startsChain(bytes: Uint8Array, start: number, isEnd: boolean): boolean {
  const first = readMp3Header(bytes, start);
  if (!first) return false;
  let at = start;
  for (let frames = 1; frames <= provingFrames; frames++) {
    const header = readMp3Header(bytes, at);
    if (!header || header.sampleRateHz !== first.sampleRateHz) return false;
    if (header.samples !== first.samples || header.layer !== first.layer) return false;
    at += header.frameBytes;
    if (at >= bytes.length) return frames > 1 || (isEnd && at === bytes.length);
  }
  return true;
}

/**
 * Where another file begins in the bytes: with an ID3 tag, or with a frame that holds an encoder's
 * tag.
 *
 * @returns -1 where none does.
 */
export function findFileStart(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x49 && readText(bytes, at, at + 3) === 'ID3' && bytes[at + 3]! < 5) return at;
    if (byte === 0x54 && readText(bytes, at, at + 3) === 'TAG') return at;
    if (byte === 0x41 && readText(bytes, at, at + 8) === 'APETAGEX') return at;
    const header = byte === 0xff ? readMp3Header(bytes, at) : undefined;
    if (header && readEncoderTag(bytes, at, header)) return at;
  }
  return -1;
}

/** What an encoder's tag, Xing or Info, in the first frame of a file says. */
export interface EncoderTag {
  /** Frames that hold audio, which the tag's own does not; undefined where it does not say. */
  frames: number | undefined;
}

export function readEncoderTag(
  bytes: Uint8Array,
  frame: number,
  { tagOffset }: Mp3Header,
): EncoderTag | undefined {
  const tag = frame + tagOffset;
  const mayBeTag = bytes[tag] === 0x58 || bytes[tag] === 0x49;
  if (!mayBeTag || tag + 12 > bytes.length) return undefined;
  if (!/^(Xing|Info)$/.test(readText(bytes, tag, tag + 4))) return undefined;
  const view = toView(bytes);
  const hasCount = (view.getUint32(tag + 4) & 1) === 1;
  return { frames: hasCount ? view.getUint32(tag + 8) : undefined };
}
