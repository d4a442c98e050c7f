import { type ChildProcess, fork } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SerError } from '@ser/dsp-wasm';
import { ServiceError } from '../service-error.ts';
import {
  audioDescriptor,
  type FromWorker,
  type OpenMessage,
  openId,
  type ToWorker,
  type Work,
  type WorkName,
} from './messages.ts';

const program = fileURLToPath(new URL('./worker.js', import.meta.url));

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Settings of {@link WorkerProcess.call}. */
export interface CallOptions {
  /** A worker that takes longer is ended. */
  timeoutSec: number;
  /** Gives the task up at the worker's next step. */
  signal?: AbortSignal | undefined;
  /** The clip that the task is about, in pieces. */
  audio?: readonly Uint8Array[];
}

/**
 * A process of its own that decodes and predicts, so that nothing an upload does to it, a crash of
 * native code included, reaches the server.
 */
export class WorkerProcess {
  /** Fulfilled when the process has ended, however that came. */
  readonly lost: Promise<void>;
  readonly #child: ChildProcess;
  readonly #audio: Writable;
  readonly #pending = new Map<number, Pending>();
  #nextId = 0;
  #isLost = false;

  /**
   * Starts a worker and waits until it has predicted once.
   *
   * @throws SerError what the model throws; ServiceError `WORKER_LOST` where the process ends first.
   */
  static async start(model: Uint8Array): Promise<WorkerProcess> {
    const { SER_TOKEN: _, ...env } = process.env;
    const child = fork(program, {
      ...{ serialization: 'advanced', env },
      // Every core has a worker of its own: threads that collect garbage would only take turns.
      execArgv: ['--single-threaded-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
    });
    const worker = new WorkerProcess(child);
    await new Promise<unknown>((resolve, reject) => {
      worker.#pending.set(openId, { resolve, reject });
      child.send({ model } satisfies OpenMessage, () => {});
    });
    return worker;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#audio = child.stdio[audioDescriptor] as Writable;
    this.#audio.on('error', () => {});
    child.on('message', (message: FromWorker) => this.#receive(message));
    this.lost = new Promise((resolve) => {
      const lose = () => {
        this.#isLost = true;
        for (const { reject } of this.#pending.values()) reject(lost());
        this.#pending.clear();
        resolve();
      };
      child.on('error', lose);
      child.on('exit', lose);
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * Has the worker do one task.
   *
   * @throws SerError what the task throws; ServiceError `TIMED_OUT`, after which the worker is lost,
   *   or `WORKER_LOST`.
   */
  async call<Name extends WorkName>(
    name: Name,
    task: Work[Name]['task'],
    { timeoutSec, signal, audio = [] }: CallOptions,
  ): Promise<Work[Name]['result']> {
    if (this.#isLost) throw lost();
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    const cancel = () => this.#send({ id, name: 'cancel' });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<Work[Name]['result']>((resolve, reject) => {
        this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
        timer = setTimeout(() => {
          reject(new ServiceError('TIMED_OUT', `The audio took more than ${timeoutSec} s.`));
          this.kill();
        }, 1000 * timeoutSec);
        const audioBytes = audio.reduce((sum, { length }) => sum + length, 0);
        this.#send({ id, name, task, audioBytes } as ToWorker);
        for (const piece of audio) this.#audio.write(piece);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      this.#pending.delete(id);
    }
  }

  /** Ends the process at once; also one that is stuck. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** A worker that is gone cannot be told anything; its end is noticed elsewhere. */
  #send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: FromWorker): void {
    const pending = this.#pending.get(message.id);
    if (message.kind === 'done') pending?.resolve(message.result);
    else if (message.code) pending?.reject(new SerError(message.code, message.message));
    else pending?.reject(new Error(message.message));
  }
}

function lost(): ServiceError {
  return new ServiceError('WORKER_LOST', 'The worker that had this request has ended; try again.');
}
