import { SerError } from '@ser/dsp-wasm';
import type { AudioSource } from '../platform.ts';
import type { AudioClip } from './audio-clip.ts';
import { type DecodeOptions, decodeAudio } from './decode-audio.ts';

/** Audio that is at hand: an encoded file's bytes, a `Blob` or `File`, or decoded samples. */
export type InMemoryAudio = Uint8Array | ArrayBuffer | Blob | AudioClip;

/**
 * @param accepted says what may be given.
 * @throws SerError `INVALID_ARGUMENT` for anything else.
 */
export function locateInMemoryAudio(
  audio: InMemoryAudio,
  accepted: string,
  decode: (bytes: Uint8Array, options: DecodeOptions) => Promise<AudioClip> = decodeAudio,
): AudioSource {
  if (audio instanceof Blob) {
    const name = 'name' in audio && typeof audio.name === 'string' ? audio.name : undefined;
    return {
      name,
      load: async (options) => decode(new Uint8Array(await audio.arrayBuffer()), options),
    };
  }
  if (audio instanceof Uint8Array || audio instanceof ArrayBuffer) {
    const bytes = audio instanceof ArrayBuffer ? new Uint8Array(audio) : audio;
    return { name: undefined, load: (options) => decode(bytes, options) };
  }
  if (typeof audio === 'object' && audio !== null && 'samples' in audio) {
    return { name: undefined, load: async () => audio };
  }
  const shown = typeof audio === 'object' ? Object.prototype.toString.call(audio) : String(audio);
  throw new SerError('INVALID_ARGUMENT', `audio is ${shown}; it must be ${accepted}.`);
}
