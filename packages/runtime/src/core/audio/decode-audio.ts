import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './audio-clip.ts';
import { type AsyncDecoding, type Decoding, runDecoding } from './decoding.ts';
import { sniffFormat } from './sniff-format.ts';

/** Longest clip that is decoded by default. */
export const defaultMaxDurationSec = 600;

export interface DecodeOptions {
  /** Longest clip to accept, in seconds. Default 600. */
  maxDurationSec?: number;
  /** Stops the decoding; with one, other work gets its turn while a long file is decoded. */
  signal?: AbortSignal | undefined;
}

/**
 * Decodes the bytes of a WAV, FLAC, MP3, Ogg Vorbis or Opus file, told apart by content. A file's
 * decoder is loaded when first needed; the same one runs in Node and in browsers.
 *
 * @returns mono samples (the mean of the channels) at the file's own rate; Opus at 48 kHz.
 * @throws SerError `AUDIO_EMPTY`, `AUDIO_UNSUPPORTED` (not a format that is read),
 *   `AUDIO_DECODE_FAILED` (damaged, or shorter than it says of itself) `AUDIO_TOO_LONG`, or
 *   `ABORTED` after the signal.
 *
 * @example
 * const { samples, sampleRateHz } = await decodeAudio(bytes);
 */
export async function decodeAudio(
  encoded: Uint8Array,
  { maxDurationSec = defaultMaxDurationSec, signal }: DecodeOptions = {},
): Promise<AudioClip> {
  if (!(encoded instanceof Uint8Array)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `encoded is ${Object.prototype.toString.call(encoded)}; it must be a Uint8Array.`,
    );
  }
  if (!(maxDurationSec > 0)) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `maxDurationSec is ${maxDurationSec}; it must be a number of seconds above 0.`,
    );
  }
  // A Node Buffer's `slice` does not copy; a plain view's does.
  const bytes = new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  return runDecoding(await startDecoding(bytes, maxDurationSec), signal);
}

async function startDecoding(
  bytes: Uint8Array,
  maxDurationSec: number,
): Promise<Decoding | AsyncDecoding> {
  switch (sniffFormat(bytes)) {
    case 'wav':
      return (await import('./decode-wav.ts')).decodeWav(bytes, maxDurationSec);
    case 'flac':
      return (await import('./flac/decode-flac.ts')).decodeFlac(bytes, maxDurationSec);
    case 'mp3':
      return (await import('./mp3/decode-mp3.ts')).decodeMp3(bytes, maxDurationSec);
    case 'ogg':
      return (await import('./ogg/decode-ogg.ts')).decodeOgg(bytes, maxDurationSec);
  }
}
