import { SerError } from '@ser/runtime';
import type { Outcome } from './outcome.ts';

/**
 * Passes outcomes on.
 *
 * @throws SerError `ABORTED` where they end before the last clip.
 */
export async function* stopAfter(
  outcomes: AsyncIterable<Outcome>,
  total: number,
): AsyncGenerator<Outcome> {
  let done = 0;
  for await (const outcome of outcomes) {
    yield outcome;
    done++;
  }
  if (done === total) return;
  throw new SerError('ABORTED', `The prediction was stopped after ${done} of ${total} clips.`);
}
