import { Presets, SingleBar } from 'cli-progress';

/** A bar on standard error that says how far a long step is; nothing where that is no terminal. */
export class Progress {
  #bar: SingleBar | undefined;
  #title = '';

  /** Shows `done` of `total`; another title starts another bar. */
  update(title: string, done: number, total: number): void {
    if (!process.stderr.isTTY) return;
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      this.#bar = new SingleBar(
        {
          format: `${title} {bar} {value}/{total}, {eta_formatted} left`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
        },
        Presets.shades_classic,
      );
      this.#bar.start(total, done);
    }
    this.#bar?.update(done);
    if (done >= total) this.stop();
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }
}
