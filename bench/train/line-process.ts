import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Contender, Seconds } from '../features/alternate.ts';

/** A contender in a process of its own, which answers one JSON line for each JSON line. */
export class LineProcess {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #reader: Interface;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, args: string[]) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask(request: object): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`${this.#process.spawnfile} ended early; see above.`);
    return JSON.parse(line.value) as Record<string, unknown>;
  }

  /** A contender that runs one of the process's tasks. */
  contend(name: string, task: string): Contender {
    return {
      name,
      run: async () => (await this.ask({ run: task })) as unknown as Seconds,
    };
  }

  close(): void {
    this.#process.stdin.end();
    this.#reader.close();
  }
}
