import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Seconds } from './alternate.ts';

const script = fileURLToPath(new URL('../../features/peer.py', import.meta.url));

/** librosa, scipy and soxr in a child process with one thread. */
export class PythonPeer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  /** @param python an interpreter that has test/goldens/requirements.txt installed. */
  constructor(python: string) {
    const oneThread = {
      OMP_NUM_THREADS: '1',
      OPENBLAS_NUM_THREADS: '1',
      MKL_NUM_THREADS: '1',
      NUMBA_NUM_THREADS: '1',
    };
    this.#process = spawn(python, [script], { env: { ...process.env, ...oneThread } });
    this.#process.stderr.pipe(process.stderr);
    this.#reader = createInterface({ input: this.#process.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async #ask(request: object, ...payload: Float32Array[]): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    for (const samples of payload) {
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      if (!this.#process.stdin.write(bytes)) await once(this.#process.stdin, 'drain');
    }
    const line = await this.#lines.next();
    if (line.done) throw new Error('The Python peer ended early; see its messages above.');
    return JSON.parse(line.value) as Record<string, unknown>;
  }

  async load(name: string, clips: readonly Float32Array[]): Promise<void> {
    await this.#ask({ load: name, lengths: clips.map((clip) => clip.length) }, ...clips);
  }

  /** What one task takes over all clips of a set, measured in the child. */
  async run(task: string, clips: string): Promise<Seconds> {
    const { wall, cpu } = await this.#ask({ run: task, clips });
    return { wall: wall as number, cpu: cpu as number };
  }

  async versions(): Promise<Record<string, unknown>> {
    return this.#ask({ versions: true });
  }

  close(): void {
    this.#process.stdin.end();
    this.#reader.close();
  }
}
