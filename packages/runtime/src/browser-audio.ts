import { SerError, type SerErrorCode } from '@ser/dsp-wasm';
import type { AudioClip } from './core/audio/audio-clip.ts';
import { type AudioStream, streamClip } from './core/audio/audio-stream.ts';
import { type ByteSource, readAll } from './core/audio/bytes/byte-source.ts';
import { type DecodeOptions, defaultMaxDurationSec, openAudio } from './core/audio/decode-audio.ts';
import type { OpenAudio } from './core/audio/in-memory-audio.ts';
import { MonoMixer } from './core/audio/mono-mixer.ts';
import { throwIfAborted } from './core/cancellation.ts';

export interface ForeignDecodeOptions extends DecodeOptions {
  /** The rate to decode at. Default 48,000, the highest common one of recordings. */
  sampleRateHz?: number | undefined;
}

/** Decodes the bytes of an audio file. */
export type DecodeBytes = (bytes: Uint8Array, options: ForeignDecodeOptions) => Promise<AudioClip>;

const browserRateHz = 48_000;
/** The browser decodes a file whole, to a hundred times its size; this holds half an hour of AAC. */
const mostBrowserBytes = 1 << 25;

/**
 * A way to open audio that tries the project's own decoders first, and another where those fail; that
 * one is given the whole file, and goes on where they stopped.
 *
 * @param decodeForeign undefined where there is no other.
 */
export function openWithFallback(decodeForeign: DecodeBytes | undefined): OpenAudio {
  if (!decodeForeign) return openAudio;
  return async (source, options) => {
    const decode = async (error: unknown, sampleRateHz?: number) => {
      if (!canBrowserTry(error)) throw error;
      try {
        return await decodeForeign(await readSmallFile(source), { ...options, sampleRateHz });
      } catch (cause) {
        if (!(cause instanceof SerError) || cause.code !== 'AUDIO_UNSUPPORTED') throw cause;
        throw new SerError(error.code, `${error.message.slice(0, -1)}; ${cause.message}`, {
          cause,
        });
      }
    };
    try {
      const stream = await openAudio(source, options);
      return { ...stream, blocks: goOnWith(decode, stream) };
    } catch (error) {
      const clip = await decode(error);
      return streamClip(clip, options.maxDurationSec ?? defaultMaxDurationSec);
    }
  };
}

/**
 * Whether the browser's own decoder may read what the project's cannot. It would pass over the end that
 * a cut file lacks, so those are left out. Errors that come from a worker have lost all but these.
 */
export function canBrowserTry(error: unknown): error is { code: SerErrorCode; message: string } {
  if (!(error instanceof Error && 'code' in error)) return false;
  const isCut = error.message.includes('it is truncated');
  return error.code === 'AUDIO_UNSUPPORTED' || (error.code === 'AUDIO_DECODE_FAILED' && !isCut);
}

/** The blocks of a stream, and where its decoder fails, the rest by another one at the same rate. */
async function* goOnWith(
  decode: (error: unknown, sampleRateHz: number) => Promise<AudioClip>,
  { blocks, sampleRateHz }: AudioStream,
): AsyncGenerator<Float32Array> {
  let heard = 0;
  try {
    for await (const block of blocks) {
      yield block;
      heard += block.length;
    }
  } catch (error) {
    const { samples } = await decode(error, sampleRateHz);
    if (samples.length <= heard) throw error;
    yield samples.subarray(heard);
  }
}

/** A source of a browser can be read after it was closed. */
function readSmallFile(source: ByteSource): Promise<Uint8Array> {
  if (source.size <= mostBrowserBytes) return readAll(source);
  throw new SerError(
    'AUDIO_UNSUPPORTED',
    `the browser could decode it whole only, and its ${source.size} bytes are more than the ${mostBrowserBytes} that are given to it.`,
  );
}

/** What {@link decodeInBrowser} needs; pages have it, workers do not. */
export function canDecodeInBrowser(): boolean {
  return typeof OfflineAudioContext !== 'undefined';
}

/**
 * Decodes what the browser knows and the project's own decoders do not: M4A and AAC.
 *
 * @returns mono samples at the rate that is asked for.
 * @throws SerError `AUDIO_UNSUPPORTED` where the browser cannot decode it either, `AUDIO_TOO_LONG`, or
 *   `ABORTED` after the signal.
 */
export async function decodeInBrowser(
  bytes: Uint8Array,
  {
    maxDurationSec = defaultMaxDurationSec,
    signal,
    sampleRateHz = browserRateHz,
  }: ForeignDecodeOptions = {},
): Promise<AudioClip> {
  throwIfAborted(signal, 'Decoding');
  let decoded: AudioBuffer;
  try {
    // A browser need not know every rate.
    const context = new OfflineAudioContext(1, 1, sampleRateHz);
    // The browser takes the buffer away, so it gets a copy.
    decoded = await context.decodeAudioData(bytes.slice().buffer as ArrayBuffer);
  } catch (cause) {
    throw new SerError('AUDIO_UNSUPPORTED', 'this browser cannot decode it either.', { cause });
  }
  throwIfAborted(signal, 'Decoding');
  return mixDown(decoded, maxDurationSec);
}

/**
 * The mean of a buffer's channels.
 *
 * @throws SerError `AUDIO_TOO_LONG`.
 */
export function mixDown(audio: AudioBuffer, maxDurationSec: number): AudioClip {
  const { sampleRate: sampleRateHz, numberOfChannels } = audio;
  const channels = Array.from({ length: numberOfChannels }, (_, channel) =>
    audio.getChannelData(channel),
  );
  return { samples: new MonoMixer(sampleRateHz, maxDurationSec).mix(channels), sampleRateHz };
}

/** Workers have no AudioBuffer class. */
export function isAudioBuffer(audio: unknown): audio is AudioBuffer {
  return typeof AudioBuffer !== 'undefined' && audio instanceof AudioBuffer;
}
