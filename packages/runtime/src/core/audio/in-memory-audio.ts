import { SerError } from '@ser/dsp-wasm';
import type { AudioSource } from '../platform.ts';
import type { AudioClip } from './audio-clip.ts';
import { decodeAudio } from './decode-audio.ts';

/** Audio that is at hand: an encoded file's bytes, a `Blob` or `File`, or decoded samples. */
export type InMemoryAudio = Uint8Array | ArrayBuffer | Blob | AudioClip;

/** @throws SerError `INVALID_ARGUMENT` for anything else; `accepted` says what may be given. */
export function locateInMemoryAudio(audio: InMemoryAudio, accepted: string): AudioSource {
  if (audio instanceof Blob) {
    const name = 'name' in audio && typeof audio.name === 'string' ? audio.name : undefined;
    return {
      name,
      load: async (options) => decodeAudio(new Uint8Array(await audio.arrayBuffer()), options),
    };
  }
  if (audio instanceof Uint8Array || audio instanceof ArrayBuffer) {
    const bytes = audio instanceof ArrayBuffer ? new Uint8Array(audio) : audio;
    return { name: undefined, load: (options) => decodeAudio(bytes, options) };
  }
  if (typeof audio === 'object' && audio !== null && 'samples' in audio) {
    return { name: undefined, load: async () => audio };
  }
  const shown = typeof audio === 'object' ? Object.prototype.toString.call(audio) : String(audio);
  throw new SerError('INVALID_ARGUMENT', `audio is ${shown}; it must be ${accepted}.`);
}
