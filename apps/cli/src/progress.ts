import { Presets, SingleBar } from 'cli-progress';

/** A bar on standard error that says how far a long step is; nothing where that is no terminal. */
export class Progress {
  #bar: SingleBar | undefined;
  #title = '';

  /**
   * Shows `done` of `total`; another title starts another bar.
   *
   * @param details what stands behind the numbers; default: the time left
   */
  update(title: string, done: number, total: number, details?: string): void {
    if (!process.stderr.isTTY) return;
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      this.#bar = new SingleBar(
        {
          format: `${title} {bar} {value}/{total}, ${details === undefined ? '{eta_formatted} left' : '{details}'}`,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          // Room for the details on a narrow terminal.
          barsize: details === undefined ? 40 : 20,
        },
        Presets.shades_classic,
      );
      this.#bar.start(total, done, { details });
    }
    this.#bar?.update(done, { details });
    if (done >= total) this.stop();
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }
}
