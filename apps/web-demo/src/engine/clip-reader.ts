import { type AudioClip, decodeAudio, SerError } from '@ser/runtime/web';

/**
 * Decodes a file; samples that the page has decoded itself pass through.
 *
 * @throws SerError as `decodeAudio` does, its message naming the file, or `AUDIO_TOO_LONG`.
 */
export async function readClip(
  source: File | AudioClip,
  options: { maxDurationSec: number; signal: AbortSignal },
): Promise<AudioClip> {
  if (!(source instanceof File)) {
    const durationSec = source.samples.length / source.sampleRateHz;
    if (durationSec <= options.maxDurationSec) return source;
    throw new SerError(
      'AUDIO_TOO_LONG',
      `The audio is longer than ${options.maxDurationSec} seconds, the most that is read here.`,
    );
  }
  try {
    return await decodeAudio(new Uint8Array(await source.arrayBuffer()), options);
  } catch (error) {
    if (!(error instanceof SerError)) throw error;
    throw new SerError(error.code, `${source.name}: ${error.message}`, { cause: error });
  }
}
