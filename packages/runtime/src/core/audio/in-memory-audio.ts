import { SerError } from '@ser/dsp-wasm';
import { shorten } from '../name-source.ts';
import type { AudioSource } from '../platform.ts';
import type { AudioClip } from './audio-clip.ts';
import { type AudioStream, streamClip } from './audio-stream.ts';
import { type ByteSource, openBlob, openBytes } from './bytes/byte-source.ts';
import { type DecodeOptions, openAudio } from './decode-audio.ts';

/** Audio that is at hand: an encoded file's bytes, a `Blob` or `File`, or decoded samples. */
export type InMemoryAudio = Uint8Array | ArrayBuffer | Blob | AudioClip;

/** Begins to decode a file, as {@link openAudio} does. */
export type OpenAudio = (source: ByteSource, options: DecodeOptions) => Promise<AudioStream>;

/**
 * @param accepted says what may be given.
 * @throws SerError `INVALID_ARGUMENT` for anything else.
 */
export function locateInMemoryAudio(
  audio: InMemoryAudio,
  accepted: string,
  open: OpenAudio = openAudio,
): AudioSource {
  if (audio instanceof Blob) {
    const name = 'name' in audio && typeof audio.name === 'string' ? audio.name : undefined;
    return { name, open: (options) => open(openBlob(audio), options) };
  }
  if (audio instanceof Uint8Array || audio instanceof ArrayBuffer) {
    const bytes = audio instanceof ArrayBuffer ? new Uint8Array(audio) : audio;
    return { name: undefined, open: (options) => open(openBytes(bytes), options) };
  }
  if (typeof audio === 'object' && audio !== null && 'samples' in audio) {
    return {
      name: undefined,
      open: async ({ maxDurationSec }) => streamClip(audio, maxDurationSec),
    };
  }
  const shown = typeof audio === 'object' ? Object.prototype.toString.call(audio) : String(audio);
  throw new SerError('INVALID_ARGUMENT', `audio is ${shorten(shown)}; it must be ${accepted}.`);
}
