/** Runs of one session: all at once where its library bears that, else one after the other. */
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
