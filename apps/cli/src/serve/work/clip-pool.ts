import { SerError } from '@ser/dsp-wasm';
import { ServiceError } from '../service-error.ts';
import type { Work } from './messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** What can be asked of any worker. */
type ClipWork = 'predict' | 'timeline';

interface Job {
  run(worker: WorkerProcess): Promise<void>;
}

/** Settings of a {@link ClipPool}. */
export interface ClipPoolSettings {
  model: Uint8Array;
  workers: number;
  maxQueue: number;
  timeoutSec: number;
  /** Called when a worker has ended and is replaced. */
  onReplace(): void;
}

/** From the end of a worker that never got ready to the next try. */
const restartDelayMs = 1000;

/**
 * Workers that take clips from one queue, each one at a time. A worker that ends or takes too long
 * costs the clip that it had, and is replaced.
 */
export class ClipPool {
  readonly #settings: ClipPoolSettings;
  readonly #queue = new Set<Job>();
  readonly #workers = new Set<WorkerProcess>();
  readonly #idle: WorkerProcess[] = [];
  #isClosed = false;

  constructor(settings: ClipPoolSettings) {
    this.#settings = settings;
  }

  /** Starts the workers. @throws ServiceError `WORKER_LOST` where one cannot be started. */
  async start(): Promise<void> {
    const starting = Array.from({ length: this.#settings.workers }, () => this.#add());
    await Promise.all(starting).catch((error) => {
      this.close();
      throw error;
    });
  }

  /** Clips that wait. */
  get queueLength(): number {
    return this.#queue.size;
  }

  /** Workers that are ready or at work. */
  get workerCount(): number {
    return this.#workers.size;
  }

  /** @throws ServiceError `TOO_MANY_REQUESTS` unless so many more clips may wait. */
  assertRoom(clips: number): void {
    const { maxQueue } = this.#settings;
    if (this.#queue.size + clips <= maxQueue + this.#idle.length) return;
    throw new ServiceError(
      'TOO_MANY_REQUESTS',
      `${this.#queue.size} clips wait already, and at most ${maxQueue} may; try again later.`,
    );
  }

  /**
   * Has the next free worker do a task.
   *
   * @throws SerError what the task throws, `ABORTED` after the signal; ServiceError
   *   `TOO_MANY_REQUESTS`, `OVERLOADED` after too long a wait, `TIMED_OUT` or `WORKER_LOST`.
   */
  run<Name extends ClipWork>(
    name: Name,
    task: Work[Name]['task'],
    { audio, signal }: { audio: readonly Uint8Array[]; signal: AbortSignal },
  ): Promise<Work[Name]['result']> {
    this.assertRoom(1);
    const { timeoutSec } = this.#settings;
    return new Promise((resolve, reject) => {
      const leave = (error: Error) => {
        this.#queue.delete(job);
        settle();
        reject(error);
      };
      const abort = () => leave(new SerError('ABORTED', 'The client has gone.'));
      const timer = setTimeout(
        () => leave(new ServiceError('OVERLOADED', `No worker was free for ${timeoutSec} s.`)),
        1000 * timeoutSec,
      );
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      const job: Job = {
        run: async (worker) => {
          settle();
          await worker.call(name, task, { timeoutSec, signal, audio }).then(resolve, reject);
        },
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#queue.add(job);
      this.#dispatch();
    });
  }

  /** Ends all workers at once. */
  close(): void {
    this.#isClosed = true;
    for (const worker of this.#workers) worker.kill();
  }

  #dispatch(): void {
    for (const job of this.#queue) {
      const worker = this.#idle.pop();
      if (!worker) return;
      this.#queue.delete(job);
      void job.run(worker).then(() => this.#release(worker));
    }
  }

  #release(worker: WorkerProcess): void {
    if (!this.#workers.has(worker) || worker.isLost) return;
    this.#idle.push(worker);
    this.#dispatch();
  }

  async #add(): Promise<void> {
    const worker = await WorkerProcess.start(this.#settings.model);
    if (this.#isClosed) return worker.kill();
    this.#workers.add(worker);
    void worker.lost.then(() => this.#replace(worker));
    this.#release(worker);
  }

  #replace(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#isClosed) return;
    this.#settings.onReplace();
    const add = (): void => {
      if (!this.#isClosed) this.#add().catch(() => setTimeout(add, restartDelayMs));
    };
    add();
  }
}
