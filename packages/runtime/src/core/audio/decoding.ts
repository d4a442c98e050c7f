import { throwIfAborted } from '../cancellation.ts';
import type { AudioClip } from './audio-clip.ts';

/** A decoder at work: it pauses after every block, and ends with the clip. */
export type Decoding = Generator<void, AudioClip>;
/** The same for one that has to wait in between. */
export type AsyncDecoding = AsyncGenerator<void, AudioClip>;

/** How long a decoder may keep others waiting, where a signal can come from them. */
const turnMs = 20;

/**
 * Runs a decoder to its end. With a signal, everything else gets its turn every 20 ms: the signal
 * could not be given otherwise.
 *
 * @throws SerError `ABORTED` after the signal, or what the decoder throws.
 */
export async function runDecoding(
  decoding: Decoding | AsyncDecoding,
  signal: AbortSignal | undefined,
): Promise<AudioClip> {
  try {
    let turnStart = Date.now();
    for (;;) {
      throwIfAborted(signal, 'Decoding');
      const step = await decoding.next();
      if (step.done) return step.value;
      if (!signal || Date.now() - turnStart < turnMs) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      turnStart = Date.now();
    }
  } finally {
    // Lets a decoder that was stopped free its memory; one that has ended takes no notice.
    await decoding.return(undefined as never);
  }
}
