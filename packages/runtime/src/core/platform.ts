import type { AudioStream } from './audio/audio-stream.ts';
import type { OpenSession } from './inference.ts';
import type { OpenSpeechModel } from './speech/speech-model.ts';

/** Audio as an entry point can find it: its name for messages, and how to read it. */
export interface AudioSource {
  name: string | undefined;
  /** The caller closes the stream. */
  open(options: { maxDurationSec: number; signal: AbortSignal | undefined }): Promise<AudioStream>;
}

/** What an entry point brings: an inference library and its ways to reach audio. */
export interface Platform<Audio> {
  openSession: OpenSession;
  openSpeechModel: OpenSpeechModel;
  /** Whether there is a speech model to open; without one, clips are not checked for speech. */
  hasSpeechModel: boolean;
  locateAudio(audio: Audio): AudioSource;
}
