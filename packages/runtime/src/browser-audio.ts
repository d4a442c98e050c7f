import { SerError } from '@ser/dsp-wasm';
import type { AudioClip } from './core/audio/audio-clip.ts';
import {
  type DecodeOptions,
  decodeAudio,
  defaultMaxDurationSec,
} from './core/audio/decode-audio.ts';
import { MonoBuffer } from './core/audio/mono-buffer.ts';
import { throwIfAborted } from './core/cancellation.ts';

/** Decodes the bytes of an audio file. */
export type DecodeBytes = (bytes: Uint8Array, options: DecodeOptions) => Promise<AudioClip>;

/** The rate at which the browser is asked for samples: the highest common one of recordings. */
const browserRateHz = 48_000;
/** The browser decodes a file whole, to a hundred times its size; this holds half an hour of AAC. */
const mostBrowserBytes = 1 << 25;

/**
 * A decoder that tries the project's own first, and another one for what that does not know.
 *
 * @param decodeForeign undefined where there is no other.
 */
export function decodeWithFallback(decodeForeign: DecodeBytes | undefined): DecodeBytes {
  if (!decodeForeign) return decodeAudio;
  return async (bytes, options) => {
    try {
      return await decodeAudio(bytes, options);
    } catch (error) {
      if (!(error instanceof SerError) || error.code !== 'AUDIO_UNSUPPORTED') throw error;
      try {
        return await decodeForeign(bytes, options);
      } catch (cause) {
        if (cause instanceof SerError && cause.code !== 'AUDIO_UNSUPPORTED') throw cause;
        const reason = cause instanceof SerError ? cause.message : 'this browser cannot decode it.';
        throw new SerError('AUDIO_UNSUPPORTED', `${error.message.slice(0, -1)}; ${reason}`, {
          cause,
        });
      }
    }
  };
}

/** What {@link decodeInBrowser} needs; pages have it, workers do not. */
export function canDecodeInBrowser(): boolean {
  return typeof OfflineAudioContext !== 'undefined';
}

/**
 * Decodes what the browser knows and the project's own decoders do not: M4A and AAC, WebM.
 *
 * @returns mono samples at 48 kHz.
 * @throws SerError `AUDIO_UNSUPPORTED` where the browser cannot decode it either, or where the file
 *   is too large to be handed to it, `AUDIO_TOO_LONG`, or `ABORTED` after the signal.
 */
export async function decodeInBrowser(
  bytes: Uint8Array,
  { maxDurationSec = defaultMaxDurationSec, signal }: DecodeOptions = {},
): Promise<AudioClip> {
  if (bytes.length > mostBrowserBytes) {
    throw new SerError(
      'AUDIO_UNSUPPORTED',
      `the browser could decode it whole only, and ${bytes.length} bytes are more than the ${mostBrowserBytes} it is given.`,
    );
  }
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
  const mono = new MonoBuffer(audio.sampleRate, maxDurationSec);
  mono.append(
    Array.from({ length: audio.numberOfChannels }, (_, channel) => audio.getChannelData(channel)),
  );
  return mono.finish();
}

/** Workers have no AudioBuffer class. */
export function isAudioBuffer(audio: unknown): audio is AudioBuffer {
  return typeof AudioBuffer !== 'undefined' && audio instanceof AudioBuffer;
}
