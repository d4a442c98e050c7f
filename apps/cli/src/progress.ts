import { Presets, SingleBar } from 'cli-progress';

/** What is done sooner shows no bar. */
const shortestMs = 1000;

/** A bar on standard error that says how far a long step is; nothing where that is no terminal. */
export class Progress {
  #bar: SingleBar | undefined;
  #title = '';
  #startedAt = 0;

  /** Shows `done` of `total`; another title starts another bar. */
  update(title: string, done: number, total: number): void {
    if (!process.stderr.isTTY) return;
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      this.#startedAt = performance.now();
    }
    if (done >= total) this.stop();
    else if (this.#bar) this.#bar.update(done);
    else if (performance.now() - this.#startedAt >= shortestMs) this.#start(done, total);
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }

  #start(done: number, total: number): void {
    this.#bar = new SingleBar(
      {
        format: `${this.#title} {bar} {value}/{total}, {eta_formatted} left`,
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      },
      Presets.shades_classic,
    );
    this.#bar.start(total, done);
  }
}
