import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './core/audio/audio-clip.ts';
import { streamClip } from './core/audio/audio-stream.ts';
import { type ByteSource, readAll } from './core/audio/bytes/byte-source.ts';
import { type DecodeOptions, defaultMaxDurationSec, openAudio } from './core/audio/decode-audio.ts';
import type { OpenAudio } from './core/audio/in-memory-audio.ts';
import { MonoMixer } from './core/audio/mono-mixer.ts';
import { throwIfAborted } from './core/cancellation.ts';

/** Decodes the bytes of an audio file. */
export type DecodeBytes = (bytes: Uint8Array, options: DecodeOptions) => Promise<AudioClip>;

/** The rate at which the browser is asked for samples: the highest common one of recordings. */
const browserRateHz = 48_000;
/** The browser decodes a file whole, to a hundred times its size; this holds half an hour of AAC. */
const mostBrowserBytes = 1 << 25;

/**
 * A way to open audio that tries the project's own decoders first, and another for what those do not
 * know; that one is given the whole file.
 *
 * @param decodeForeign undefined where there is no other.
 */
export function openWithFallback(decodeForeign: DecodeBytes | undefined): OpenAudio {
  if (!decodeForeign) return openAudio;
  return async (source, options) => {
    try {
      return await openAudio(source, options);
    } catch (error) {
      if (!(error instanceof SerError) || error.code !== 'AUDIO_UNSUPPORTED') throw error;
      try {
        const clip = await decodeForeign(await readSmallFile(source), options);
        return streamClip(clip, options.maxDurationSec ?? defaultMaxDurationSec);
      } catch (cause) {
        if (!(cause instanceof SerError) || cause.code !== 'AUDIO_UNSUPPORTED') throw cause;
        const message = `${error.message.slice(0, -1)}; ${cause.message}`;
        throw new SerError('AUDIO_UNSUPPORTED', message, { cause });
      }
    }
  };
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
 * Decodes what the browser knows and the project's own decoders do not: M4A and AAC, WebM.
 *
 * @returns mono samples at 48 kHz.
 * @throws SerError `AUDIO_UNSUPPORTED` where the browser cannot decode it either, `AUDIO_TOO_LONG`, or
 *   `ABORTED` after the signal.
 */
export async function decodeInBrowser(
  bytes: Uint8Array,
  { maxDurationSec = defaultMaxDurationSec, signal }: DecodeOptions = {},
): Promise<AudioClip> {
  const context = new OfflineAudioContext(1, 1, browserRateHz);
  throwIfAborted(signal, 'Decoding');
  let decoded: AudioBuffer;
  try {
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
