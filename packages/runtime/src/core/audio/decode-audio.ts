import { SerError } from '@ser/dsp-wasm';
import { throwIfAborted } from '../cancellation.ts';
import type { AudioClip } from './audio-clip.ts';
import { type AudioStream, type DecodedAudio, readClip } from './audio-stream.ts';
import { ByteReader } from './bytes/byte-reader.ts';
import { type ByteSource, openBytes } from './bytes/byte-source.ts';
import { sniffFormat } from './sniff-format.ts';
import { takeTurns } from './take-turns.ts';

/** Longest clip that is decoded by default. */
export const defaultMaxDurationSec = 600;

export interface DecodeOptions {
  /** Longest clip to accept, in seconds. Default 600. */
  maxDurationSec?: number;
  /** Stops the decoding; with one, other work gets its turn while a long file is decoded. */
  signal?: AbortSignal | undefined;
}

/**
 * Decodes the bytes of a WAV (RF64, BW64 and Wave64 too), AIFF, AU, CAF, FLAC, MP3, Ogg or WebM
 * (Vorbis, Opus) file, told apart by content. A file's decoder is loaded when first needed; the same
 * one runs in Node and in browsers.
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
  return readClip(await openAudio(openBytes(encoded), { maxDurationSec, signal }));
}

/**
 * Begins to decode a file, which is read in pieces: memory does not grow with its length. The stream
 * closes the source.
 *
 * @throws SerError as `decodeAudio`; what lies beyond the file's beginning comes from `blocks`.
 */
export async function openAudio(
  source: ByteSource,
  { maxDurationSec = defaultMaxDurationSec, signal }: DecodeOptions = {},
): Promise<AudioStream> {
  try {
    if (!(maxDurationSec > 0)) {
      throw new SerError(
        'INVALID_ARGUMENT',
        `maxDurationSec is ${maxDurationSec}; it must be a number of seconds above 0.`,
      );
    }
    throwIfAborted(signal, 'Decoding');
    const decoded = await startDecoding(new ByteReader(source), maxDurationSec);
    const blocks = refuseEmpty(takeTurns(decoded.blocks, signal));
    const close = async () => {
      await blocks.return(undefined);
      await source.close();
    };
    return { ...decoded, blocks, close };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function* refuseEmpty(blocks: AsyncGenerator<Float32Array>): AsyncGenerator<Float32Array> {
  let isEmpty = true;
  for await (const block of blocks) {
    if (block.length === 0) continue;
    isEmpty = false;
    yield block;
  }
  if (isEmpty) throw new SerError('AUDIO_EMPTY', 'The file holds no samples.');
}

async function startDecoding(reader: ByteReader, maxDurationSec: number): Promise<DecodedAudio> {
  switch (await sniffFormat(reader)) {
    case 'wav':
      return (await import('./wav/decode-wav.ts')).decodeWav(reader, maxDurationSec);
    case 'aiff':
      return (await import('./aiff/decode-aiff.ts')).decodeAiff(reader, maxDurationSec);
    case 'au':
      return (await import('./au/decode-au.ts')).decodeAu(reader, maxDurationSec);
    case 'caf':
      return (await import('./caf/decode-caf.ts')).decodeCaf(reader, maxDurationSec);
    case 'flac':
      return (await import('./flac/decode-flac.ts')).decodeFlac(reader, maxDurationSec);
    case 'mp3':
      return (await import('./mp3/decode-mp3.ts')).decodeMp3(reader, maxDurationSec);
    case 'ogg':
      return (await import('./ogg/decode-ogg.ts')).decodeOgg(reader, maxDurationSec);
    case 'matroska':
      return (await import('./matroska/decode-matroska.ts')).decodeMatroska(reader, maxDurationSec);
  }
}
