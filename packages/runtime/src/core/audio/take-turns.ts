import { throwIfAborted } from '../cancellation.ts';

/** How long a decoder may keep others waiting, where a signal can come from them. */
const turnMs = 20;

/**
 * Passes on what a decoder gives. With a signal, everything else gets its turn every 20 ms: the signal
 * could not be given otherwise.
 *
 * @throws SerError `ABORTED` after the signal, or what the decoder throws.
 */
export async function* takeTurns<Block>(
  blocks: AsyncGenerator<Block>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Block> {
  try {
    let turnStart = Date.now();
    for (;;) {
      throwIfAborted(signal, 'Decoding');
      const step = await blocks.next();
      if (step.done) return;
      yield step.value;
      if (!signal || Date.now() - turnStart < turnMs) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      turnStart = Date.now();
    }
  } finally {
    // Lets a decoder that was stopped free its memory; one that has ended takes no notice.
    await blocks.return(undefined);
  }
}
