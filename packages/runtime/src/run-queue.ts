const shared = new WeakMap<object, RunQueue>();

/**
 * The queue of a session: its own where its library bears runs side by side, else the one of all
 * sessions of that library, which does not bear them in different sessions either.
 */
export function createRunQueue(library: object, runsConcurrently: boolean): RunQueue {
  if (runsConcurrently) return new RunQueue(true);
  const queue = shared.get(library) ?? new RunQueue(false);
  shared.set(library, queue);
  return queue;
}

/** Runs: all at once, or one after the other. */
export class RunQueue {
  readonly #runsConcurrently: boolean;
  readonly #pending = new Set<Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(runsConcurrently: boolean) {
    this.#runsConcurrently = runsConcurrently;
  }

  /** Runs a task in its turn. */
  add<Result>(task: () => Promise<Result>): Promise<Result> {
    const run = this.#runsConcurrently ? task() : this.#last.then(task);
    const settled = run.catch(() => undefined);
    this.#last = settled;
    this.#pending.add(settled);
    settled.then(() => this.#pending.delete(settled));
    return run;
  }

  /** Settles when all runs have, whatever came of them. */
  async drain(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
