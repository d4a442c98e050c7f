import { countEndings, sortByEnding } from '@ser/runtime';
import type { ClipSource, Unlisted } from './clip-source.ts';
import type { Outcome } from './outcome.ts';
import type { Predictor } from './predictor.ts';

/**
 * Judges what a command line named, in its order; a name without a clip is an outcome with an error.
 *
 * @throws SerError as `Predictor.predict`.
 */
export async function* predictListed(
  predictor: Predictor,
  sources: readonly (ClipSource | Unlisted)[],
  signal: AbortSignal,
): AsyncGenerator<Outcome> {
  const clips = sources.filter((source): source is ClipSource => !('error' in source));
  let next = 0;
  const takeUnlisted = function* (): Generator<Outcome> {
    for (let source = sources[next]; source && 'error' in source; source = sources[++next]) {
      yield { file: source.name, error: source.error };
    }
  };
  yield* takeUnlisted();
  for await (const outcome of predictor.predict(clips, signal)) {
    yield outcome;
    next++;
    yield* takeUnlisted();
  }
}

/** Which outcomes failed, for people: how many, and what the recordings of them are that nothing reads. */
export class FailureCount {
  readonly #unread: string[] = [];
  #count = 0;

  add(outcome: Outcome): void {
    if (!('error' in outcome)) return;
    this.#count++;
    const { file, error } = outcome;
    if (error.code === 'AUDIO_UNSUPPORTED' && sortByEnding(file) === 'foreign')
      this.#unread.push(file);
  }

  get count(): number {
    return this.#count;
  }

  /** As `3 of 4 clips failed; in formats that are not read: 2 M4A, 1 WEBM.` */
  describe(total: number): string {
    const kinds = countEndings(this.#unread);
    const unread = kinds && `; in formats that are not read: ${kinds}`;
    return `${this.#count} of ${total} clips failed${unread}.`;
  }
}
