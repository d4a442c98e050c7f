import type { FeatureMatrix } from '@ser/dsp-wasm';
import { type AudioClip, measureDuration } from './audio/audio-clip.ts';
import { type AudioStream, readClip } from './audio/audio-stream.ts';
import { measureSound } from './audio/measure-sound.ts';
import { throwIfAborted } from './cancellation.ts';
import type { FrontEnd } from './front-end.ts';
import { nameSource } from './name-source.ts';
import type { Platform } from './platform.ts';

/** What may end the reading of audio. */
export interface ReadLimits {
  signal: AbortSignal | undefined;
  maxDurationSec: number;
}

/** A clip on its way to the model. */
export interface PreparedClip {
  /** Without its offset, at the rate of the model's features. */
  settled: AudioClip;
  /** Its features at each of the model's speeds. */
  matrices: FeatureMatrix[];
  durationSec: number;
  /** How long it sounds. */
  soundSec: number;
}

/**
 * Begins to read audio; the caller closes the stream.
 *
 * @throws SerError naming the audio.
 */
export async function openNamed<Audio>(
  { locateAudio }: Platform<Audio>,
  audio: Audio,
  limits: ReadLimits,
): Promise<{ stream: AudioStream; name: string | undefined }> {
  throwIfAborted(limits.signal);
  const { name, open } = locateAudio(audio);
  try {
    return { stream: await open(limits), name };
  } catch (error) {
    throw nameSource(error, name);
  }
}

/** @throws SerError naming the audio. */
export async function loadNamed<Audio>(
  platform: Platform<Audio>,
  audio: Audio,
  limits: ReadLimits,
): Promise<{ clip: AudioClip; name: string | undefined }> {
  const { stream, name } = await openNamed(platform, audio, limits);
  try {
    const clip = await readClip(stream);
    throwIfAborted(limits.signal);
    return { clip, name };
  } catch (error) {
    throw nameSource(error, name);
  }
}

/** @throws SerError naming the audio. */
export function prepareClip(
  frontEnd: FrontEnd,
  { clip, name }: { clip: AudioClip; name: string | undefined },
  speeds: readonly number[],
): PreparedClip {
  try {
    const settled = frontEnd.settle(clip);
    return {
      settled,
      matrices: frontEnd.processAtSpeeds(settled, speeds),
      durationSec: measureDuration(clip),
      soundSec: measureSound(clip),
    };
  } catch (error) {
    throw nameSource(error, name);
  }
}
